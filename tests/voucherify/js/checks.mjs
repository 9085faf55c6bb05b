// The few lines a test needs: `check` names a behaviour, `node run.mjs FILE` runs those of a file one after another
// and prints what became of each as JSON.

import { pathToFileURL } from 'node:url'

const CHECK_TIMEOUT_MS = 20_000
const checks = []
let numbers = 0

export const address = process.env.ADDRESS
export const keys = JSON.parse(process.env.KEYS ?? '{}')

export function check(name, run) {
  checks.push([name, run])
}

export function unique(word) {
  numbers += 1
  return `${word}-js-${process.env.RUN}-${numbers}`
}

export async function refused(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was not refused')
}

// An action when it is over; `get` looks at it once.
export async function finished(get) {
  for (;;) {
    const action = await get()
    if (['SUCCESS', 'FAILED'].includes(action.operation_status)) return action
    await new Promise((resume) => setTimeout(resume, 20))
  }
}

function ended(promise) {
  const late = new Promise((_, reject) => setTimeout(reject, CHECK_TIMEOUT_MS, new Error('timed out')).unref())
  return Promise.race([promise, late])
}

function told(error) {
  const { code, key, details } = error ?? {}
  return `${error?.stack ?? error}\n${JSON.stringify({ code, key, details })}`
}

export async function run(file) {
  await import(pathToFileURL(file).href)
  const results = {}
  for (const [name, body] of checks) {
    results[name] = await ended(body()).then(() => null, told)
  }
  console.log(JSON.stringify(results))
}
