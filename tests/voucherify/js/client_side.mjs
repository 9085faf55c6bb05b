// Version 2 of the SDK, as a page in a browser uses it.

import assert from 'node:assert/strict'
import sdk from '@voucherify/sdk'
import { address, check, keys, refused, unique } from './checks.mjs'

const shop = sdk.VoucherifyServerSide({ apiUrl: address, applicationId: keys.app_id, secretKey: keys.app_token })
const page = sdk.VoucherifyClientSide({
  apiUrl: address,
  clientApplicationId: keys.client_id,
  clientSecretKey: keys.client_token,
  origin: 'https://shop.example',
  trackingId: unique('visitor'),
})
const off = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 500 } }

async function code(voucher = off) {
  const { id } = await shop.campaigns.create({ name: unique('Campaign'), vouchers_count: 0, voucher })
  return (await shop.campaigns.addVoucher(id)).code
}

check('validates by a query', async () => {
  const voucher = await code()
  const items = [{ source_id: 'p1', quantity: 2, price: 1000, amount: 2000 }]
  const customer = { source_id: unique('me'), metadata: { x: 1 } }
  const answer = await page.validate({ code: voucher, amount: 2000, items, metadata: { a: 'b' }, customer, orderMetadata: { z: 1 } })
  assert.deepEqual([answer.valid, answer.code, answer.order.total_amount], [true, voucher, 1500])
})

check('validates a bare code', async () => {
  const voucher = await code()
  const answer = await page.validate(voucher)
  assert.deepEqual([answer.valid, answer.code], [true, voucher])
  assert.deepEqual(answer.discount, off.discount)
})

check('hears why a code is refused', async () => {
  const voucher = await code()
  await shop.vouchers.disable(voucher)
  const answer = await page.validate(voucher)
  assert.deepEqual([answer.valid, answer.reason], [false, 'voucher is disabled'])
})

check('validates and redeems several', async () => {
  const redeemables = [{ object: 'voucher', id: await code() }]
  const order = { amount: 2000 }
  assert.equal((await page.validateStackable({ redeemables, order })).valid, true)
  const answer = await page.redeemStackable({ redeemables, order, customer: { source_id: unique('me') } })
  assert.equal(answer.redemptions[0].result, 'SUCCESS')
  assert.equal((await refused(page.redeemStackable({ redeemables, order }))).key, 'quantity_exceeded')
})

check('redeems a code', async () => {
  const voucher = await code({ type: 'GIFT_VOUCHER', gift: { amount: 1000 } })
  const answer = await page.redeem(voucher, { order: { amount: 300 }, customer: { source_id: unique('me') } })
  assert.deepEqual([answer.object, answer.result, answer.amount], ['redemption', 'SUCCESS', 300])
  assert.equal((await shop.vouchers.get(voucher)).gift.balance, 700)
})

check('redeems as the visitor it knows', async () => {
  assert.equal((await page.redeem(await code())).result, 'SUCCESS')
})

check('publishes', async () => {
  const name = unique('for pages ü')
  await shop.campaigns.create({ name, type: 'AUTO_UPDATE', vouchers_count: 0, voucher: off })
  const named = await page.publish(name, { customer: { source_id: unique('me') }, channel: 'web' })
  assert.deepEqual([named.result, named.channel], ['SUCCESS', 'web'])
  const visitor = await page.publish(name)
  assert.notEqual(visitor.voucher.code, named.voucher.code)
})

check('is told of wrong keys', async () => {
  const stranger = sdk.VoucherifyClientSide({
    apiUrl: address,
    clientApplicationId: keys.app_id,
    clientSecretKey: keys.app_token,
    origin: 'https://shop.example',
  })
  const error = await refused(stranger.validate('CODE'))
  assert.deepEqual([error.code, error.key], [401, 'unauthorized'])
})
