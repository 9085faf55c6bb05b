// urql: the document cache, graphcache with its Relay pages, persisted queries.

import assert from 'node:assert/strict'

import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core'
import { cacheExchange as graphcache } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'
import { persistedExchange } from '@urql/exchange-persisted'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

import { BOOKED, card, check, headers, now, socket, transact, unique, url } from './checks.mjs'

const CARD = `query Card($id: ID!) { giftCard(id: $id) { id balance { amount currency } } }`
const TRANSACT = `mutation Transact($input: GiftCardTransactInput!) {
  giftCardTransact(input: $input) { giftCard { id balance { amount currency } } userErrors { code field } }
}`
const CARDS = `query Cards($after: String) {
  giftCards(first: 5, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id } } }
}`

function client(exchanges, sent = [], options = {}) {
  const counted = (address, options) => (sent.push({ address: String(address), ...options }), fetch(address, options))
  // As a single-page application sets it up; by default urql asks by GET, which is checked on its own.
  return new Client({ url, exchanges, fetch: counted, fetchOptions: { headers }, preferGetMethod: false, ...options })
}

check('a query is answered, by GET as urql does it by default', async () => {
  const sent = []
  const urql = client([cacheExchange, fetchExchange], sent, { preferGetMethod: undefined })
  const { data, error } = await urql.query(CARD, { id: await card('20.00') })
  assert.equal(error, undefined)
  assert.deepEqual(data.giftCard.balance, { amount: '20.00', currency: 'EUR', __typename: 'Money' })
  assert.equal(sent[0].method, 'GET')
})

check('a query that was answered comes from the cache until a mutation changed it', async () => {
  const sent = []
  const urql = client([cacheExchange, fetchExchange], sent)
  const id = await card('20.00')
  await urql.query(CARD, { id })
  await urql.query(CARD, { id })
  assert.equal(sent.length, 1)
  const input = { id, amount: '-7.50', idempotencyKey: unique('urql') }
  const booked = await urql.mutation(TRANSACT, { input })
  assert.deepEqual(booked.data.giftCardTransact.userErrors, [])
  assert.equal((await urql.query(CARD, { id })).data.giftCard.balance.amount, '12.50')
})

check('a refusal is data, and an error of the request an error', async () => {
  const urql = client([fetchExchange])
  const { data } = await urql.mutation(TRANSACT, { input: { id: await card('1.00'), amount: '-2.00' } })
  assert.deepEqual(data.giftCardTransact.userErrors[0].code, 'INSUFFICIENT_FUNDS')
  const { error } = await urql.query('{ nothing }', {})
  assert.equal(error.graphQLErrors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED')
  assert.equal(error.networkError, undefined)
})

check('graphcache joins pages and takes a mutation to the card it knows', async () => {
  const keys = { Money: () => null }
  const resolvers = { Query: { giftCards: relayPagination() } }
  const urql = client([graphcache({ keys, resolvers }), fetchExchange])
  let after = null
  let page
  do {
    page = (await urql.query(CARDS, { after })).data.giftCards
    after = page.pageInfo.endCursor
  } while (page.pageInfo.hasNextPage)
  assert.equal(page.edges.length, page.totalCount)
  const id = await card('20.00')
  await urql.query(CARD, { id })
  await urql.mutation(TRANSACT, { input: { id, amount: '-7.50' } })
  assert.equal(urql.readQuery(CARD, { id }).data.giftCard.balance.amount, '12.50')
})

check('a persisted query is sent by its hash alone once it is known', async () => {
  const sent = []
  const urql = client([persistedExchange({ preferGetForPersistedQueries: true }), fetchExchange], sent)
  const ask = () => urql.query(`query Persisted${process.pid} { viewer { name } }`, {}, { requestPolicy: 'network-only' })
  assert.equal((await ask()).data?.viewer.name, 'clients')
  assert.equal((await ask()).data?.viewer.name, 'clients')
  const withText = sent.map(({ address }) => new URL(address).searchParams.has('query'))
  assert.deepEqual(withText, [false, true, false])
})

// The amounts of the first two events.
async function listened(urql) {
  const variables = { id: await card('20.00'), after: await now() }
  await transact(variables.id, '-1.00')
  const amounts = []
  return new Promise((resolve, reject) => {
    const { unsubscribe } = urql.subscription(BOOKED, variables).subscribe(({ data, error }) => {
      if (error) return reject(error)
      amounts.push(data.giftCardTransactions.transaction.amount.amount)
      if (amounts.length === 1) return transact(variables.id, '-2.00').catch(reject)
      // Not within the event, where urql throws what its own abort makes of the stream, at nobody.
      setTimeout(() => resolve(unsubscribe() ?? amounts))
    })
  })
}

check('a subscription is told over server-sent events', async () => {
  const urql = client([fetchExchange], [], { fetchSubscriptions: true })
  assert.deepEqual(await listened(urql), ['-1.00', '-2.00'])
})

check('a subscription is told over a WebSocket', async () => {
  const sockets = createClient({ url: socket, webSocketImpl: WebSocket, connectionParams: headers })
  const forwardSubscription = ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ query: query ?? '', variables }, sink) }),
  })
  const urql = client([fetchExchange, subscriptionExchange({ forwardSubscription })])
  assert.deepEqual(await listened(urql), ['-1.00', '-2.00'])
  await sockets.dispose()
})

check('what is wrong with a subscription is its error', async () => {
  const urql = client([fetchExchange], [], { fetchSubscriptions: true })
  const { error } = await urql.subscription('subscription { nothing }', {}).toPromise()
  assert.equal(error.graphQLErrors[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED')
})

check('a file goes along with a mutation', async () => {
  const urql = client([fetchExchange])
  const create = `mutation ($name: String!) {
    voucherCampaignCreate(input: { name: $name, benefit: { discount: { type: PERCENT, percentOff: 10 } } }) {
      voucherCampaign { id }
      userErrors { message }
    }
  }`
  const { data } = await urql.mutation(create, { name: unique('Imported') })
  const campaignId = data.voucherCampaignCreate.voucherCampaign.id
  const file = new File([`Code\n${unique('ONE')}\n${unique('TWO')}\n`], 'codes.csv', { type: 'text/csv' })
  const bring = `mutation ($input: VouchersImportInput!) {
    vouchersImport(input: $input) { action { id } userErrors { message } }
  }`
  const imported = await urql.mutation(bring, { input: { campaignId, file } })
  const { id } = imported.data.vouchersImport.action
  const progress = 'subscription ($id: ID!) { actionProgress(id: $id) { action { status doneCount } } }'
  const listening = client([fetchExchange], [], { fetchSubscriptions: true })
  const told = await new Promise((resolve, reject) => {
    const events = []
    listening.subscription(progress, { id }).subscribe(({ data, error, hasNext }) => {
      if (error) return reject(error)
      events.push(data.actionProgress.action)
      if (!hasNext) resolve(events)
    })
  })
  assert.deepEqual(told.at(-1), { status: 'DONE', doneCount: 2 })
})
