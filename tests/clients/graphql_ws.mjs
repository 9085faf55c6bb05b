// graphql-ws: subscriptions, queries and mutations over one WebSocket.

import assert from 'node:assert/strict'

import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

import { BOOKED, ask, card, check, first, headers, now, refused, socket, transact } from './checks.mjs'

function client(options = {}) {
  return createClient({ url: socket, webSocketImpl: WebSocket, connectionParams: headers, ...options })
}

check('what is booked is told in order, and that a reader had enough is no error', async () => {
  const listener = client()
  const variables = { id: await card('20.00'), after: await now() }
  for (const amount of ['-1.00', '-2.00', '-3.00']) await transact(variables.id, amount)
  const events = await first(3, listener.iterate({ query: BOOKED, variables }))
  const amounts = events.map(({ data }) => data.giftCardTransactions.transaction.amount.amount)
  assert.deepEqual(amounts, ['-1.00', '-2.00', '-3.00'])
  await listener.dispose()
})

check('who comes back with a cursor misses nothing and hears nothing twice', async () => {
  const listener = client()
  const variables = { id: await card('20.00'), after: await now() }
  const numbers = []
  for (let times = 0; times < 3; times += 1) {
    await transact(variables.id, '-1.00')
    await transact(variables.id, '-1.00')
    const events = await first(times === 0 ? 1 : 2, listener.iterate({ query: BOOKED, variables }))
    numbers.push(...events.map(({ data }) => data.giftCardTransactions.transaction.number))
    variables.after = events.at(-1).data.giftCardTransactions.cursor
  }
  assert.deepEqual(numbers, [2, 3, 4, 5, 6])
  await listener.dispose()
})

check('a subscription without a cursor tells what happens from now on', async () => {
  const listener = client()
  const id = await card('20.00')
  const told = first(2, listener.iterate({ query: BOOKED, variables: { id } }))
  const booking = setInterval(() => transact(id, '-0.01').catch(() => {}), 50)
  const [one, two] = (await told).map(({ data }) => data.giftCardTransactions.transaction.number)
  clearInterval(booking)
  assert.equal(two, one + 1)
  await listener.dispose()
})

check('an action is followed until it is over', async () => {
  const listener = client()
  const mutation = `mutation ($name: String!) {
    voucherCampaignCreate(
      input: { name: $name, benefit: { discount: { type: PERCENT, percentOff: 10 } }, vouchersCount: 3000 }
    ) { action { id } }
  }`
  const { id } = (await ask(mutation, { name: `Followed ${process.pid}` })).voucherCampaignCreate.action
  const query = 'subscription ($id: ID!) { actionProgress(id: $id) { action { status progress } } }'
  const told = await first(Infinity, listener.iterate({ query, variables: { id } }))
  const seen = told.map(({ data }) => data.actionProgress.action)
  assert.deepEqual(seen.at(-1), { status: 'DONE', progress: 100 })
  const progress = seen.map((action) => action.progress)
  assert.deepEqual(progress, progress.toSorted((one, other) => one - other))
  await listener.dispose()
})

check('queries and mutations are answered, many at once', async () => {
  const asking = client()
  const id = await card('20.00')
  const query = 'query ($id: ID!) { giftCard(id: $id) { balance { amount } } }'
  const asked = Array.from({ length: 20 }, () => first(1, asking.iterate({ query, variables: { id } })))
  for (const [{ data }] of await Promise.all(asked)) assert.equal(data.giftCard.balance.amount, '20.00')
  const mutation = `mutation ($id: ID!) {
    giftCardTransact(input: { id: $id, amount: "-7.50" }) { giftCard { balance { amount } } }
  }`
  const [{ data }] = await first(1, asking.iterate({ query: mutation, variables: { id } }))
  assert.equal(data.giftCardTransact.giftCard.balance.amount, '12.50')
  await asking.dispose()
})

check('what is wrong with an operation ends that operation alone', async () => {
  const listener = client({ lazy: false })
  const errors = await refused(first(1, listener.iterate({ query: 'subscription { nothing }' })))
  assert.equal(errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED')
  const [{ data }] = await first(1, listener.iterate({ query: '{ viewer { name } }' }))
  assert.equal(data.viewer.name, 'clients')
  await listener.dispose()
})

check('a bad token is refused', async () => {
  const stranger = client({ connectionParams: { authorization: 'Bearer wrong' }, retryAttempts: 0 })
  const closed = await refused(first(1, stranger.iterate({ query: '{ viewer { name } }' })))
  assert.equal(closed.code, 4403)
})
