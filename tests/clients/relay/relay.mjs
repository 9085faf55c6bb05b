// relay-runtime without React: what its hooks do is done here by the functions below them.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

import { createClient } from 'graphql-ws'
import relay from 'relay-runtime'
import WebSocket from 'ws'

import { card, check, headers, now, socket, transact, unique, url } from '../checks.mjs'

const { ConnectionHandler, Environment, Network, Observable, RecordSource, Store } = relay
const { commitLocalUpdate, commitMutation, createOperationDescriptor, fetchQuery, getRequest } = relay
const { getSingularSelector, requestSubscription } = relay
const documents = createRequire(import.meta.url)('./documents.built.cjs')

async function asked({ text, name }, variables) {
  const body = JSON.stringify({ query: text, operationName: name, variables })
  const response = await fetch(url, { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } })
  return response.json()
}

const sockets = createClient({ url: socket, webSocketImpl: WebSocket, connectionParams: headers })

function told({ text, name }, variables) {
  return Observable.create((sink) => sockets.subscribe({ query: text, operationName: name, variables }, sink))
}

function environment() {
  const store = new Store(new RecordSource(), { gcReleaseBufferSize: 100 })
  return new Environment({ network: Network.create(asked, told), store })
}

async function loaded(relay, query, variables = {}) {
  await fetchQuery(relay, query, variables).toPromise()
  const operation = createOperationDescriptor(getRequest(query), variables)
  relay.retain(operation)
  return relay.lookup(operation.fragment).data
}

function read(relay, fragment, key) {
  return relay.lookup(getSingularSelector(fragment, key)).data
}

function changed(relay, mutation, variables, options = {}) {
  const promised = (resolve, reject) =>
    commitMutation(relay, { mutation, variables, onCompleted: resolve, onError: reject, ...options })
  return new Promise(promised)
}

check('pages of a connection are joined in the store', async () => {
  const relay = environment()
  const root = await loaded(relay, documents.Cards)
  const pages = [read(relay, documents.cards, root).giftCards]
  for (; pages.at(-1).pageInfo.hasNextPage; pages.push(read(relay, documents.cards, root).giftCards)) {
    await fetchQuery(relay, documents.Page, { count: 5, cursor: pages.at(-1).pageInfo.endCursor }).toPromise()
  }
  const found = pages.at(-1).edges.map(({ node }) => node.id)
  assert.ok(pages.length > 2)
  assert.ok(found.length > 10)
  assert.equal(new Set(found).size, found.length)
})

check('a card that is issued is put into the connection', async () => {
  const relay = environment()
  const root = await loaded(relay, documents.Cards)
  const connections = [read(relay, documents.cards, root).giftCards.__id]
  const input = { amount: '5.00', currency: 'EUR', idempotencyKey: unique('relay') }
  const { giftCardIssue } = await changed(relay, documents.Issue, { input, connections })
  assert.deepEqual(giftCardIssue.userErrors, [])
  const last = read(relay, documents.cards, root).giftCards.edges.at(-1).node
  assert.equal(last.id, giftCardIssue.giftCard.id)
})

check('an updater puts what was booked into the list of the card', async () => {
  const relay = environment()
  const id = await card('20.00')
  const { node } = await loaded(relay, documents.CardRefetch, { id })
  const updater = (store) => {
    const transactions = ConnectionHandler.getConnection(store.get(id), 'documents_transactions')
    const booked = store.getRootField('giftCardTransact').getLinkedRecord('transaction')
    const edge = ConnectionHandler.createEdge(store, transactions, booked, 'GiftCardTransactionEdge')
    ConnectionHandler.insertEdgeAfter(transactions, edge)
  }
  await changed(relay, documents.Transact, { input: { id, amount: '-7.50' } }, { updater })
  const { balance, transactions } = read(relay, documents.card, node)
  assert.equal(balance.amount, '12.50')
  assert.deepEqual(transactions.edges.map(({ node }) => node.amount.amount), ['20.00', '-7.50'])
})

check('pages of a list within a card are fetched by the id of the card', async () => {
  const relay = environment()
  const id = await card('20.00')
  for (const amount of ['-1.00', '-2.00', '-3.00']) await transact(id, amount)
  const { node } = await loaded(relay, documents.CardRefetch, { id })
  const { endCursor } = read(relay, documents.card, node).transactions.pageInfo
  await fetchQuery(relay, documents.CardRefetch, { id, cursor: endCursor }).toPromise()
  const { edges, pageInfo } = read(relay, documents.card, node).transactions
  assert.deepEqual(edges.map(({ node }) => node.amount.amount), ['20.00', '-1.00', '-2.00', '-3.00'])
  assert.equal(pageInfo.hasNextPage, false)
})

check('a card is fetched again by its id', async () => {
  const relay = environment()
  const id = await card('20.00')
  const { node } = await loaded(relay, documents.CardRefetch, { id })
  await transact(id, '-7.50')
  assert.equal(read(relay, documents.card, node).balance.amount, '20.00')
  await fetchQuery(relay, documents.CardRefetch, { id }, { fetchPolicy: 'network-only' }).toPromise()
  assert.equal(read(relay, documents.card, node).balance.amount, '12.50')
  commitLocalUpdate(relay, (store) => assert.equal(store.get(id).getType(), 'GiftCard'))
})

check('a subscription keeps the card in the store as it is', async () => {
  const relay = environment()
  const id = await card('20.00')
  const variables = { id, after: await now() }
  const { node } = await loaded(relay, documents.CardRefetch, { id })
  await transact(id, '-7.50')
  await new Promise((onNext, onError) =>
    requestSubscription(relay, { subscription: documents.Booked, variables, onNext, onError }),
  )
  assert.equal(read(relay, documents.card, node).balance.amount, '12.50')
})
