// graphql-request: one function, and a client that keeps its headers.

import assert from 'node:assert/strict'

import { ClientError, GraphQLClient, gql, request } from 'graphql-request'

import { card, check, headers, refused, unique, url } from './checks.mjs'

const CARD = gql`query Card($id: ID!) { giftCard(id: $id) { balance { amount } } }`
const TRANSACT = gql`
  mutation Transact($input: GiftCardTransactInput!) {
    giftCardTransact(input: $input) { giftCard { balance { amount } } userErrors { code field } }
  }
`

check('a function asks', async () => {
  const found = await request({ url, document: CARD, variables: { id: await card('20.00') }, requestHeaders: headers })
  assert.deepEqual(found, { giftCard: { balance: { amount: '20.00' } } })
})

check('a client asks, by POST and by GET, and changes', async () => {
  const id = await card('20.00')
  const input = { id, amount: '-7.50', idempotencyKey: unique('request') }
  const posting = new GraphQLClient(url, { headers })
  assert.deepEqual((await posting.request(TRANSACT, { input })).giftCardTransact.userErrors, [])
  const getting = new GraphQLClient(url, { headers, method: 'GET' })
  assert.equal((await getting.request(CARD, { id })).giftCard.balance.amount, '12.50')
})

check('an error of the request is the error it throws', async () => {
  const error = await refused(new GraphQLClient(url, { headers }).request('{ nothing }'))
  assert.ok(error instanceof ClientError, error.stack)
  assert.equal(error.response.errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED')
  const stranger = await refused(new GraphQLClient(url).request('{ viewer { name } }'))
  assert.equal(stranger.response.errors[0].extensions.code, 'UNAUTHENTICATED')
})
