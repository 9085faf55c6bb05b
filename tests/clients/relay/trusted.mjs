// Documents by the ids that compilers gave them, at a server that runs no others.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

import relay from 'relay-runtime'

import { check, headers, url } from '../checks.mjs'

const { Environment, Network, RecordSource, Store, fetchQuery } = relay
const documents = createRequire(import.meta.url)('./documents.built.cjs')

async function post(request) {
  const body = JSON.stringify(request)
  return (await fetch(url, { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } })).json()
}

check('what relay-compiler wrote is run by its id', async () => {
  assert.equal(documents.Page.params.text, null)
  const asked = ({ id }, variables) => post({ documentId: id, variables })
  const environment = new Environment({ network: Network.create(asked), store: new Store(new RecordSource()) })
  await fetchQuery(environment, documents.Page, { count: 5 }).toPromise()
  const root = environment.getStore().getSource().get('client:root')
  assert.ok(Object.keys(root).some((name) => name.includes('giftCards')), JSON.stringify(root))
})

check('what relay-compiler wrote is run by its id as a persisted query, too', async () => {
  const sha256Hash = documents.Page.params.id
  const { data } = await post({ variables: { count: 5 }, extensions: { persistedQuery: { version: 1, sha256Hash } } })
  assert.equal(data.giftCards.edges.length, 5)
})

check('nothing else is run', async () => {
  const { data, errors } = await post({ query: '{ viewer { name } }' })
  assert.equal(data, undefined)
  assert.equal(errors[0].extensions.code, 'DOCUMENT_NOT_TRUSTED')
})
