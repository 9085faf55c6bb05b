// Lists gift cards page by page, books on one, and watches a campaign's vouchers being made.

import { randomUUID } from 'node:crypto'

import { ask, follow } from './foyer.js'
import type { CardsQuery } from './gql/graphql.js'
import { graphql } from './gql/index.js'

const Cards = graphql(`
  query Cards($after: String) {
    giftCards(first: 5, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        secret
        balance {
          amount
          currency
        }
      }
    }
  }
`)

const Transact = graphql(`
  mutation Transact($input: GiftCardTransactInput!) {
    giftCardTransact(input: $input) {
      giftCard {
        balance {
          amount
          currency
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`)

const CreateCampaign = graphql(`
  mutation CreateCampaign($input: VoucherCampaignCreateInput!) {
    voucherCampaignCreate(input: $input) {
      action {
        id
      }
      userErrors {
        code
        message
      }
    }
  }
`)

const Progress = graphql(`
  subscription Progress($id: ID!) {
    actionProgress(id: $id) {
      action {
        status
        progress
        doneCount
      }
    }
  }
`)

async function* cards() {
  let after: string | null = null
  do {
    const { giftCards }: CardsQuery = await ask(Cards, { after })
    if (!giftCards) throw new Error('The token may not see gift cards.')
    yield* giftCards.nodes
    after = giftCards.pageInfo.hasNextPage ? giftCards.pageInfo.endCursor : null
  } while (after)
}

async function pay(id: string, amount: string): Promise<string> {
  // One key for one payment, however often it is sent.
  const input = { id, amount: `-${amount}`, text: 'Tea', idempotencyKey: randomUUID() }
  const { giftCardTransact } = await ask(Transact, { input })
  for (const { code, message } of giftCardTransact?.userErrors ?? []) {
    switch (code) {
      case 'INSUFFICIENT_FUNDS':
        return `not ${amount}: there is less on the card`
      case 'DISABLED':
        return 'nothing: the card is switched off'
      default:
        throw new Error(message)
    }
  }
  const balance = giftCardTransact?.giftCard?.balance
  return `${amount}: ${balance?.amount} ${balance?.currency} are left`
}

async function generate(name: string, vouchersCount: number) {
  const benefit = { discount: { type: 'PERCENT' as const, percentOff: 10 } }
  const input = { name, benefit, vouchersCount, idempotencyKey: randomUUID() }
  const { voucherCampaignCreate } = await ask(CreateCampaign, { input })
  const action = voucherCampaignCreate?.action
  if (!action) throw new Error(voucherCampaignCreate?.userErrors.map(({ message }) => message).join(' '))
  for await (const { actionProgress } of follow(Progress, { id: action.id })) {
    console.log(`${actionProgress?.action?.progress} % of the vouchers of ${name} are made`)
  }
}

for await (const { secret, balance } of cards()) console.log(`${secret}: ${balance.amount} ${balance.currency}`)
for await (const { id, balance } of cards()) {
  if (Number(balance.amount) < 5) continue
  console.log(`Paid ${await pay(id, '5.00')}`)
  console.log(`Paid ${await pay(id, '9999.00')}`)
  break
}
await generate(`Example ${randomUUID().slice(0, 8)}`, 2000)
