// `check` names a behaviour; `node run.mjs FILE` runs those of a file one after another and prints what became of each
// as JSON: null, or what went wrong.

import { pathToFileURL } from 'node:url'

const CHECK_TIMEOUT_MS = 20_000
const checks = []
let numbers = 0

export const url = `${process.env.ADDRESS}/graphql`
export const socket = url.replace(/^http/, 'ws')
export const headers = { authorization: `Bearer ${process.env.TOKEN}` }

export function check(name, run) {
  checks.push([name, run])
}

// Keys and secrets of this check's own: several files run against one server.
export function unique(word) {
  numbers += 1
  return `${word}-${process.pid}-${numbers}`
}

export async function refused(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was not refused')
}

// What a program without a client would do: to arrange what a check is about, never what is checked.
export async function ask(query, variables = {}) {
  const body = JSON.stringify({ query, variables })
  const response = await fetch(url, { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } })
  const { data, errors } = await response.json()
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}

// The global id of a new card.
export async function card(amount = '20.00') {
  const mutation = `mutation ($amount: Decimal!) {
    giftCardIssue(input: { amount: $amount, currency: "EUR" }) { giftCard { id } userErrors { message } }
  }`
  return (await ask(mutation, { amount })).giftCardIssue.giftCard.id
}

export async function transact(id, amount) {
  const mutation = `mutation ($id: ID!, $amount: Decimal!) {
    giftCardTransact(input: { id: $id, amount: $amount }) { userErrors { message } }
  }`
  return ask(mutation, { id, amount })
}

// What is booked on a card from a cursor on.
export const BOOKED = `subscription Booked($id: ID!, $after: String) {
  giftCardTransactions(id: $id, after: $after) {
    cursor
    transaction { id number amount { amount } }
    giftCard { id balance { amount currency } }
  }
}`

// Where an organizer's changes are by now: what is told after it is told however late one subscribes.
export async function now() {
  return (await ask('{ changes(last: 1) { pageInfo { endCursor } } }')).changes.pageInfo.endCursor
}

// The first `count` of what an async iterator gives; it is returned then, as a reader who has enough does it.
export async function first(count, iterator) {
  const found = []
  for await (const each of iterator) {
    found.push(each)
    if (found.length === count) break
  }
  return found
}

function ended(promise) {
  const late = new Promise((_, reject) => setTimeout(reject, CHECK_TIMEOUT_MS, new Error('timed out')).unref())
  return Promise.race([promise, late])
}

function told(error) {
  const { message, name, ...rest } = error ?? {}
  return `${error?.stack ?? error}\n${JSON.stringify(rest)}`
}

export async function run(file) {
  await import(pathToFileURL(file).href)
  const results = {}
  for (const [name, body] of checks) {
    results[name] = await ended(body()).then(() => null, told)
  }
  console.log(JSON.stringify(results))
}
