// Version 2 of the SDK, as a shop's server uses it.

import assert from 'node:assert/strict'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sdk from '@voucherify/sdk'
import { address, check, finished, keys, refused, unique } from './checks.mjs'

const client = sdk.VoucherifyServerSide({
  apiUrl: address,
  applicationId: keys.app_id,
  secretKey: keys.app_token,
  apiVersion: 'v2018-08-01',
})
const off = (amount) => ({ type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: amount } })
const gift = (amount) => ({ type: 'GIFT_VOUCHER', gift: { amount } })
const done = (answer) => finished(() => client.asyncActions.get(answer.async_action_id))

function campaign(voucher = off(500), over = {}) {
  return client.campaigns.create({ name: unique('Campaign'), vouchers_count: 0, voucher, ...over })
}

async function voucher(definition = off(500), over = {}) {
  const { id } = await campaign(definition)
  return client.campaigns.addCertainVoucher(id, unique('CODE'), over)
}

// -- campaigns

check('creates and gets a campaign', async () => {
  const made = await campaign(off(500), { name: unique('a/b c%+?#ü'), campaign_type: 'DISCOUNT_COUPONS' })
  assert.equal(made.object, 'campaign')
  assert.equal(made.creation_status, 'DONE')
  assert.deepEqual(made.voucher.discount, { type: 'AMOUNT', amount_off: 500 })
  assert.equal((await client.campaigns.get(made.name)).id, made.id)
  assert.equal((await client.campaigns.get(made.id)).name, made.name)
})

check('tells of an unknown campaign', async () => {
  const name = unique('nothing here')
  const error = await refused(client.campaigns.get(name))
  assert.equal(error.code, 404)
  assert.equal(error.key, 'not_found')
  assert.equal(error.message, 'Resource not found')
  assert.equal(error.details, `Cannot find campaign with id ${name}`)
  assert.equal(error.resource_id, name)
  assert.equal(error.resource_type, 'campaign')
  assert.match(error.request_id, /^v-[0-9a-f]{18}$/)
})

check('tells of wrong keys', async () => {
  const nobody = sdk.VoucherifyServerSide({ apiUrl: address, applicationId: 'nobody', secretKey: 'nobody-nobody-nobody' })
  const error = await refused(nobody.campaigns.list())
  assert.deepEqual([error.code, error.key, error.message], [401, 'unauthorized', 'Unauthorized'])
})

check('lists campaigns with filters', async () => {
  const made = await campaign(gift(100), { type: 'AUTO_UPDATE' })
  const found = await client.campaigns.list({
    limit: 5,
    page: 1,
    order: '-created_at',
    campaign_type: 'GIFT_VOUCHERS',
    filters: {
      junction: 'AND',
      campaign_status: { conditions: { $in: ['DONE', 'DRAFT'] } },
      campaigns: { conditions: { $is: [made.name] } },
    },
  })
  assert.equal(found.object, 'list')
  assert.equal(found.data_ref, 'campaigns')
  assert.equal(found.total, 1)
  assert.equal(found.campaigns[0].id, made.id)
})

check('refuses more than a hundred at once', async () => {
  const error = await refused(client.campaigns.list({ limit: 101 }))
  assert.deepEqual([error.code, error.key], [400, 'invalid_query_params'])
})

check('updates a campaign and clears its dates', async () => {
  const made = await campaign(off(5), { expiration_date: '2090-10-08T12:57:09.386Z', metadata: { a: 1 } })
  assert.equal(made.expiration_date, '2090-10-08T12:57:09.386Z')
  const changed = await client.campaigns.update(made.id, { expiration_date: null, description: 'new', metadata: { b: 2 } })
  assert.equal(changed.expiration_date, undefined)
  assert.equal(changed.description, 'new')
  assert.deepEqual(changed.metadata, { a: 1, b: 2 })
})

check('disables and enables a campaign', async () => {
  const made = await campaign()
  assert.deepEqual(await client.campaigns.disable(made.id), {})
  assert.equal((await client.campaigns.get(made.id)).active, false)
  assert.deepEqual(await client.campaigns.enable(made.name), {})
  assert.equal((await client.campaigns.get(made.id)).active, true)
})

check('deletes a campaign into the bin and for good', async () => {
  const binned = await campaign()
  assert.equal((await done(await client.campaigns.delete(binned.id))).operation_status, 'SUCCESS')
  assert.equal((await refused(campaign(off(5), { name: binned.name }))).key, 'duplicate_found')
  const gone = await campaign()
  await done(await client.campaigns.delete(gone.name, { force: true }))
  assert.notEqual((await campaign(off(5), { name: gone.name })).id, gone.id)
})

check('adds vouchers to a campaign', async () => {
  const { id, name } = await campaign()
  const one = await client.campaigns.addVoucher(id)
  assert.equal(one.campaign, name)
  const other = await client.campaigns.addVoucher(name, { metadata: { x: 1 }, redemption: { quantity: 3 } })
  assert.deepEqual([other.metadata, other.redemption.quantity], [{ x: 1 }, 3])
  const several = await done(await client.campaigns.addVoucher(id, {}, { vouchers_count: 5 }))
  assert.deepEqual(several.result, { message: 'Generated 5 vouchers.', done_count: 5 })
  assert.equal((await client.vouchers.list({ campaign: name })).total, 7)
})

check('adds a voucher with a code of its own', async () => {
  const { id } = await campaign()
  const code = unique('a/b c%+?#ü')
  assert.equal((await client.campaigns.addCertainVoucher(id, code)).code, code)
  const error = await refused(client.campaigns.addCertainVoucher(id, code, {}))
  assert.deepEqual([error.code, error.key, error.resource_id], [409, 'duplicate_found', code])
})

check('imports vouchers', async () => {
  const { id } = await campaign()
  const code = unique('IMP')
  const action = await done(await client.campaigns.importVouchers(id, [{ code, metadata: { x: 1 } }, { code: unique('IMP') }]))
  assert.equal(action.type, 'CAMPAIGN.VOUCHERS_IMPORT')
  assert.equal(action.result.done_count, 2)
  assert.deepEqual((await client.vouchers.get(code)).metadata, { x: 1 })
})

check('imports vouchers from a file', async () => {
  const { name } = await campaign(off(5), { name: unique('from file ü') })
  const code = unique('CSV')
  const file = join(await mkdtemp(join(tmpdir(), 'foyer-')), 'codes.csv')
  await writeFile(file, `Code,Town\n${code},Köln\n`)
  const action = await done(await client.campaigns.importVouchersCSV(name, file))
  assert.equal(action.type, 'CAMPAIGN.VOUCHERS_IMPORT_CSV')
  assert.equal(action.result.done_count, 1)
  assert.deepEqual((await client.vouchers.get(code)).metadata, { Town: 'Köln' })
})

check('shows the limits of an answer', async () => {
  await client.campaigns.list({ limit: 1 })
  const limits = client.apiLimitsHandler
  assert.ok(limits.areLimitsAvailable())
  assert.ok(limits.getRateLimit() > 0)
  assert.ok(limits.getRateLimitRemaining() <= limits.getRateLimit())
})

// -- vouchers

check('creates, gets, updates and deletes a voucher', async () => {
  const code = unique('a/b c')
  const made = await client.vouchers.create({ code, ...gift(500), metadata: { x: 1 } })
  assert.deepEqual([made.code, made.campaign, made.gift.balance], [code, null, 500])
  assert.equal((await client.vouchers.get(code)).id, made.id)
  const changed = await client.vouchers.update({ code, active: false, additional_info: 'x' })
  assert.deepEqual([changed.active, changed.additional_info, changed.gift.balance], [false, 'x', 500])
  await client.vouchers.delete(code, { force: true })
  assert.equal((await refused(client.vouchers.get(code))).key, 'not_found')
})

check('makes up a code where none is given', async () => {
  const made = await client.vouchers.create(gift(5))
  assert.equal((await client.vouchers.get(made.code)).id, made.id)
})

check('lists vouchers', async () => {
  const { name, id } = await campaign()
  const first = await client.campaigns.addVoucher(id)
  const second = await client.campaigns.addVoucher(id)
  const found = await client.vouchers.list({ campaign: name, limit: 1, page: 2, created_at: { after: '2020-01-01' } })
  assert.deepEqual([found.total, found.vouchers.map((each) => each.code)], [2, [first.code]])
  const newest = await client.vouchers.list({ campaign: name, order: '-created_at' })
  assert.equal(newest.vouchers[0].code, second.code)
})

check('enables and disables a voucher', async () => {
  const { code } = await voucher()
  assert.equal((await client.vouchers.disable(code)).active, false)
  assert.equal((await client.vouchers.enable(code)).active, true)
})

check('tops up a gift voucher', async () => {
  const { code } = await voucher(gift(500))
  const balance = await client.vouchers.balance.create(code, { amount: 250 })
  assert.deepEqual([balance.amount, balance.total, balance.balance, balance.object], [250, 750, 750, 'balance'])
  const { data } = await client.vouchers.listTransactions(code, { limit: 5 })
  assert.deepEqual(data.map((each) => each.type), ['CREDITS_ADDITION'])
})

// -- validations, redemptions, publications

check('validates several redeemables', async () => {
  const { code } = await voucher()
  const redeemables = [{ object: 'voucher', id: code }]
  const answer = await client.validations.validateStackable({ redeemables, order: { amount: 2000 } })
  assert.equal(answer.valid, true)
  assert.equal(answer.inapplicable_redeemables, undefined)
  assert.equal(answer.redeemables[0].status, 'APPLICABLE')
  assert.deepEqual(answer.redeemables[0].result.discount, { type: 'AMOUNT', amount_off: 500 })
  assert.equal(answer.order.total_amount, 1500)
})

check('validates a voucher by its code', async () => {
  const { code } = await voucher()
  const answer = await client.validations.validateVoucher(code, { order: { amount: 2000 } })
  assert.deepEqual([answer.valid, answer.code, answer.order.total_amount], [true, code, 1500])
  await client.vouchers.disable(code)
  const refusal = await client.validations.validate(code)
  assert.deepEqual([refusal.valid, refusal.code, refusal.reason], [false, code, 'voucher is disabled'])
})

check('redeems a voucher and takes it back', async () => {
  const { code } = await voucher()
  const redemption = await client.redemptions.redeem(code, { order: { amount: 2000 }, customer: { source_id: unique('me') } })
  assert.deepEqual([redemption.object, redemption.result, redemption.order.total_amount], ['redemption', 'SUCCESS', 1500])
  assert.equal((await client.redemptions.get(redemption.id)).id, redemption.id)
  const error = await refused(client.redemptions.redeem(code, { order: { amount: 2000 } }))
  assert.deepEqual([error.code, error.key, error.details], [400, 'quantity_exceeded', code])
  const rollback = await client.redemptions.rollback(redemption.id, { reason: 'x y', tracking_id: 't' })
  assert.deepEqual([rollback.object, rollback.reason], ['redemption_rollback', 'x y'])
  assert.equal((await refused(client.redemptions.rollback(redemption.id))).key, 'already_rolled_back')
})

check('redeems several and takes them back', async () => {
  const [ten, card] = [await voucher(off(1000)), await voucher(gift(500))]
  const redeemables = [ten, card].map((each) => ({ object: 'voucher', id: each.code }))
  const answer = await client.redemptions.redeemStackable({ redeemables, order: { amount: 4000 } })
  assert.deepEqual(answer.redemptions.map((each) => each.result), ['SUCCESS', 'SUCCESS'])
  assert.equal(answer.order.total_amount, 2500)
  const back = await client.redemptions.rollbackStackable(answer.parent_redemption.id)
  assert.equal(back.rollbacks.length, 2)
  assert.equal((await client.vouchers.get(card.code)).gift.balance, 500)
})

check('lists redemptions', async () => {
  const { code, campaign: name } = await voucher(off(5), { redemption: { quantity: 5 } })
  const made = [await client.redemptions.redeem(code), await client.redemptions.redeem(code)]
  const found = await client.redemptions.list({ campaign: name, limit: 1, result: 'SUCCESS', created_at: { after: '2020-01-01' } })
  assert.deepEqual([found.total, found.redemptions[0].id], [2, made[1].id])
  const entries = await client.redemptions.getForVoucher(code)
  assert.deepEqual([entries.quantity, entries.redeemed_quantity, entries.redemption_entries.length], [5, 2, 2])
})

check('publishes a voucher', async () => {
  const { name } = await campaign(off(5), { type: 'AUTO_UPDATE' })
  const source_id = unique('me')
  const publication = await client.distributions.publications.create({ campaign: { name, count: 1 }, customer: { source_id } })
  assert.equal(publication.result, 'SUCCESS')
  assert.equal(publication.customer.source_id, source_id)
  assert.equal((await client.vouchers.get(publication.voucher.code)).holder_id, publication.customer_id)
  const listed = await client.distributions.publications.list({ campaign: name, limit: 2 })
  assert.deepEqual([listed.total, listed.publications[0].id], [1, publication.id])
})

check('lists async actions', async () => {
  const { id } = await campaign()
  const { async_action_id } = await client.campaigns.addVoucher(id, {}, { vouchers_count: 2 })
  const { async_actions } = await client.asyncActions.list({ limit: 1, end_date: new Date(Date.now() + 60_000).toISOString() })
  assert.deepEqual(async_actions.map((each) => each.id), [async_action_id])
})
