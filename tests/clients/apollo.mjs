// Apollo Client: the cache, mutations, pages, persisted queries.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'

import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { relayStylePagination } from '@apollo/client/utilities'
import { OperationTypeNode } from 'graphql'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { filter, firstValueFrom, take, toArray } from 'rxjs'

import { BOOKED, card, check, headers, now, refused, socket, transact, unique, url } from './checks.mjs'

const CARD = gql`
  query Card($id: ID!) {
    giftCard(id: $id) { id active balance { amount currency } }
  }
`
const TRANSACT = gql`
  mutation Transact($input: GiftCardTransactInput!) {
    giftCardTransact(input: $input) {
      giftCard { id balance { amount currency } }
      transaction { id number }
      userErrors { code field message }
    }
  }
`
const CARDS = gql`
  query Cards($after: String) {
    giftCards(first: 5, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
      edges { cursor node { id secret } }
    }
  }
`

// Requests that went out, so that a check can say what the cache or a link spared.
function counted(sent = []) {
  return [sent, (address, options) => (sent.push({ address: String(address), ...options }), fetch(address, options))]
}

function client(link, typePolicies = {}) {
  return new ApolloClient({ link, cache: new InMemoryCache({ typePolicies }) })
}

check('a query is answered, and from the cache the second time', async () => {
  const [sent, fetch] = counted()
  const apollo = client(new HttpLink({ uri: url, headers, fetch }))
  const variables = { id: await card('20.00') }
  const { data } = await apollo.query({ query: CARD, variables })
  assert.deepEqual(data.giftCard.balance, { __typename: 'Money', amount: '20.00', currency: 'EUR' })
  await apollo.query({ query: CARD, variables })
  assert.equal(sent.length, 1)
})

check('a mutation changes the card that the cache holds', async () => {
  const apollo = client(new HttpLink({ uri: url, headers }))
  const id = await card('20.00')
  await apollo.query({ query: CARD, variables: { id } })
  const input = { id, amount: '-7.50', idempotencyKey: unique('apollo') }
  const { data } = await apollo.mutate({ mutation: TRANSACT, variables: { input } })
  assert.deepEqual(data.giftCardTransact.userErrors, [])
  assert.equal(apollo.readQuery({ query: CARD, variables: { id } }).giftCard.balance.amount, '12.50')
})

check('a refusal is data, and an error of the request an error', async () => {
  const apollo = client(new HttpLink({ uri: url, headers }))
  const input = { id: await card('1.00'), amount: '-2.00' }
  const { data } = await apollo.mutate({ mutation: TRANSACT, variables: { input } })
  assert.equal(data.giftCardTransact.userErrors[0].code, 'INSUFFICIENT_FUNDS')
  const error = await refused(apollo.query({ query: gql`{ nothing }` }))
  assert.ok(CombinedGraphQLErrors.is(error), error.stack)
  assert.equal(error.errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED')
})

check('pages are joined by relayStylePagination', async () => {
  const policies = { Query: { fields: { giftCards: relayStylePagination() } } }
  const apollo = client(new HttpLink({ uri: url, headers }), policies)
  const cards = apollo.watchQuery({ query: CARDS })
  await firstValueFrom(cards.pipe(filter(({ loading }) => !loading)))
  const known = () => apollo.readQuery({ query: CARDS }).giftCards
  let pages = 1
  for (; known().pageInfo.hasNextPage; pages += 1) {
    await cards.fetchMore({ variables: { after: known().pageInfo.endCursor } })
  }
  const found = known().edges.map(({ node }) => node.id)
  assert.ok(pages > 2)
  assert.equal(new Set(found).size, found.length)
  assert.equal(found.length, known().totalCount)
})

check('a persisted query is sent by its hash alone once it is known', async () => {
  const [sent, fetch] = counted()
  const sha256 = (text) => createHash('sha256').update(text).digest('hex')
  const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: true })
  const apollo = client(persisted.concat(new HttpLink({ uri: url, headers, fetch })))
  const query = gql(`query Persisted${process.pid} { viewer { name } }`)
  const ask = () => apollo.query({ query, fetchPolicy: 'network-only' })
  assert.equal((await ask()).data.viewer.name, 'clients')
  assert.deepEqual(sent.map(({ method }) => method), ['GET', 'POST'])
  assert.equal((await ask()).data.viewer.name, 'clients')
  assert.deepEqual(sent.map(({ method }) => method), ['GET', 'POST', 'GET'])
  assert.ok(!new URL(sent[2].address).searchParams.has('query'))
})

// The amounts of the first two events, and the balance that the cache has of the card then.
async function listened(apollo) {
  const variables = { id: await card('20.00'), after: await now() }
  await apollo.query({ query: CARD, variables })
  await transact(variables.id, '-1.00')
  setTimeout(() => transact(variables.id, '-2.00'), 200)
  const events = apollo.subscribe({ query: gql(BOOKED), variables }).pipe(take(2), toArray())
  const told = await firstValueFrom(events)
  const amounts = told.map(({ data, error }) => error ?? data.giftCardTransactions.transaction.amount.amount)
  return [amounts, apollo.readQuery({ query: CARD, variables }).giftCard.balance.amount]
}

check('a subscription is told over HTTP in parts, and the cache goes along', async () => {
  const apollo = client(new HttpLink({ uri: url, headers }))
  assert.deepEqual(await listened(apollo), [['-1.00', '-2.00'], '17.00'])
})

check('a subscription is told over a WebSocket, and the cache goes along', async () => {
  const sockets = createClient({ url: socket, webSocketImpl: WebSocket, connectionParams: headers })
  const subscribes = ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION
  const link = ApolloLink.split(subscribes, new GraphQLWsLink(sockets), new HttpLink({ uri: url, headers }))
  assert.deepEqual(await listened(client(link)), [['-1.00', '-2.00'], '17.00'])
  await sockets.dispose()
})

check('what is wrong with a subscription is its error', async () => {
  const apollo = client(new HttpLink({ uri: url, headers }))
  const { error } = await firstValueFrom(apollo.subscribe({ query: gql`subscription { nothing }` }))
  assert.equal(error.errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED')
})
