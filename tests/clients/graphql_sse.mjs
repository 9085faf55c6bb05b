// graphql-sse: subscriptions over server-sent events, each a request of its own.

import assert from 'node:assert/strict'

import { createClient } from 'graphql-sse'

import { BOOKED, card, check, first, headers, now, refused, transact, url } from './checks.mjs'

check('what is booked is told in order', async () => {
  const listener = createClient({ url, headers })
  const variables = { id: await card('20.00'), after: await now() }
  for (const amount of ['-1.00', '-2.00', '-3.00']) await transact(variables.id, amount)
  const events = await first(3, listener.iterate({ query: BOOKED, variables }))
  const amounts = events.map(({ data }) => data.giftCardTransactions.transaction.amount.amount)
  assert.deepEqual(amounts, ['-1.00', '-2.00', '-3.00'])
  listener.dispose()
})

check('queries and mutations are answered as streams of one event', async () => {
  const asking = createClient({ url, headers })
  const id = await card('20.00')
  const query = `mutation ($id: ID!) {
    giftCardTransact(input: { id: $id, amount: "-7.50" }) { giftCard { balance { amount } } }
  }`
  const events = await first(Infinity, asking.iterate({ query, variables: { id } }))
  assert.deepEqual(events.map(({ data }) => data.giftCardTransact.giftCard.balance.amount), ['12.50'])
  asking.dispose()
})

check('what is wrong with an operation is told, and the client does not try again', async () => {
  let asked = 0
  const fetchFn = (...given) => ((asked += 1), fetch(...given))
  const listener = createClient({ url, headers, fetchFn, retryAttempts: 5 })
  const told = await first(1, listener.iterate({ query: 'subscription { nothing }' })).catch((error) => [error])
  const { errors, response } = told[0]
  const code = errors ? errors[0].extensions.code : (await response.json()).errors[0].extensions.code
  assert.equal(code, 'GRAPHQL_VALIDATION_FAILED')
  assert.equal(asked, 1)
})

check('a bad token is refused', async () => {
  const stranger = createClient({ url, headers: { authorization: 'Bearer wrong' }, retryAttempts: 0 })
  const error = await refused(first(1, stranger.iterate({ query: BOOKED, variables: { id: 'x' } })))
  assert.equal(error.response.status, 401)
})
