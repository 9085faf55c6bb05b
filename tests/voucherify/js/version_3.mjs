// What version 3 of the SDK puts on the wire, by hand: it is not to be had from the registry.

import assert from 'node:assert/strict'
import { address, check, finished, keys, unique } from './checks.mjs'

const headers = { 'X-App-Id': keys.app_id, 'X-App-Token': keys.app_token, Accept: 'application/json' }
const off = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 500 } }
const part = encodeURIComponent

async function ask(method, path, { body, json, type } = {}) {
  const content = json === undefined ? body : JSON.stringify(json)
  const kind = json === undefined ? type : 'application/json'
  const sent = { ...headers, ...(kind && { 'Content-Type': kind }) }
  const answer = await fetch(address + path, { method, headers: sent, body: content })
  const text = await answer.text()
  return { status: answer.status, body: text && JSON.parse(text) }
}

async function campaign(over = {}) {
  const { status, body } = await ask('POST', '/v1/campaigns', { json: { name: unique('Campaign'), voucher: off, ...over } })
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

const done = (id) => finished(async () => (await ask('GET', `/v1/async-actions/${id}`)).body)

check('asks without a body', async () => {
  const { id } = await campaign()
  for (const verb of ['disable', 'enable']) {
    assert.deepEqual(await ask('POST', `/v1/campaigns/${id}/${verb}`), { status: 200, body: {} })
  }
  assert.equal((await ask('POST', `/v1/campaigns/${id}/vouchers`)).body.object, 'voucher')
  assert.equal((await ask('POST', `/v1/campaigns/${id}/vouchers?vouchers_count=2`)).status, 202)
})

check('asks with a bare number for a body', async () => {
  const { id } = await campaign()
  const { status, body } = await ask('POST', `/v1/campaigns/${id}/vouchers`, { json: 5 })
  assert.deepEqual([status, body.campaign_id], [200, id])
})

check('escapes names and codes', async () => {
  const { name } = await campaign({ name: unique('a/b c%+?#ü🎟') })
  const code = unique('x/y z%')
  assert.equal((await ask('GET', `/v1/campaigns/${part(name)}`)).body.name, name)
  assert.equal((await ask('POST', `/v1/campaigns/${part(name)}/vouchers/${part(code)}`)).body.code, code)
  assert.equal((await ask('GET', `/v1/vouchers/${part(code)}`)).body.campaign, name)
})

check('uploads a file without a name', async () => {
  const { id } = await campaign()
  const code = unique('CSV')
  const form = new FormData()
  form.append('file', `Code,Town\n${code},Köln\n`)
  const { status, body } = await ask('POST', `/v1/campaigns/${id}/importCSV`, { body: form })
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal((await done(body.async_action_id)).result.done_count, 1)
  assert.deepEqual((await ask('GET', `/v1/vouchers/${code}`)).body.metadata, { Town: 'Köln' })
})

check('uploads a file with a name', async () => {
  const { name } = await campaign({ name: unique('named/file') })
  const form = new FormData()
  form.append('file', new Blob([`Code\n${unique('CSV')}\n`], { type: 'text/csv' }), 'codes.csv')
  const { body } = await ask('POST', `/v1/campaigns/${part(name)}/importCSV`, { body: form })
  assert.equal((await done(body.async_action_id)).result.done_count, 1)
})

check('writes lists with indices', async () => {
  const { id } = await campaign()
  const codes = [unique('CODE'), unique('CODE'), unique('CODE')]
  const made = []
  for (const code of codes) made.push((await ask('POST', `/v1/campaigns/${id}/vouchers/${code}`)).body)
  const ids = made.slice(0, 2).map((each, number) => `${part(`ids[${number}]`)}=${each.id}`).join('&')
  assert.equal((await ask('GET', `/v1/vouchers?campaign_id=${id}&${ids}`)).body.total, 2)
  const field = part('filters[code][conditions][$in]')
  const query = codes.slice(1).map((code, number) => `${field}${part(`[${number}]`)}=${code}`).join('&')
  const { body } = await ask('GET', `/v1/vouchers?campaign_id=${id}&${part('filters[junction]')}=AND&${query}`)
  assert.deepEqual(body.vouchers.map((each) => each.code).sort(), codes.slice(1).sort())
})

check('creates a voucher of its own', async () => {
  const code = unique('a b')
  const { status, body } = await ask('POST', `/v1/vouchers/${part(code)}`, { json: { ...off, category: undefined } })
  assert.deepEqual([status, body.code, body.campaign], [200, code, null])
  assert.deepEqual(await ask('DELETE', `/v1/vouchers/${part(code)}?force=true`), { status: 204, body: '' })
})

check('leaves out what was cleared', async () => {
  const { id } = await campaign({ expiration_date: '2090-10-08T12:57:09.386Z' })
  const { body } = await ask('PUT', `/v1/campaigns/${id}`, { json: { expiration_date: null } })
  assert.equal('expiration_date' in body, false)
})

check('tells failures of a validation twice', async () => {
  const redeemables = [{ object: 'voucher', id: unique('NOTHING') }]
  const { status, body } = await ask('POST', '/v1/validations', { json: { redeemables } })
  assert.deepEqual([status, body.valid], [200, false])
  assert.equal(body.inapplicable_redeemables[0].id, redeemables[0].id)
  assert.equal(body.redeemables[0].status, 'INAPPLICABLE')
})

check('has no movements of a discount', async () => {
  const { id } = await campaign()
  const { code } = (await ask('POST', `/v1/campaigns/${id}/vouchers`)).body
  const { body } = await ask('GET', `/v1/vouchers/${code}/transactions`)
  assert.deepEqual([body.object, body.data_ref, body.data, body.has_more], ['list', 'data', [], false])
})
