// All that a client needs: a request, typed by its document, and a subscription.

import { createClient } from 'graphql-sse'

import type { TypedDocumentString } from './gql/graphql.js'

const address = process.env.FOYER_URL ?? 'http://127.0.0.1:8000/graphql'
const headers = { Authorization: `Bearer ${process.env.FOYER_TOKEN}` }
const TRIES = 4

// The data of a request. It is tried again while the server is busy, so give a mutation its `idempotencyKey`.
export async function ask<Data, Variables>(query: TypedDocumentString<Data, Variables>, variables: Variables): Promise<Data> {
  const body = JSON.stringify({ query, variables })
  const options = { method: 'POST', body, headers: { ...headers, 'Content-Type': 'application/json' } }
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(address, options)
    if (tries < TRIES && (response.status === 429 || response.status === 503)) {
      await new Promise((resume) => setTimeout(resume, 1000 * Number(response.headers.get('Retry-After') ?? 1)))
      continue
    }
    const { data, errors } = await response.json()
    if (errors) throw new Error(errors.map((error: { message: string }) => error.message).join(' '))
    return data
  }
}

const streams = createClient({ url: address, headers })

// The events of a subscription, as they happen. It ends when there is nothing more to tell.
export async function* follow<Data, Variables extends Record<string, unknown>>(
  query: TypedDocumentString<Data, Variables>,
  variables: Variables,
): AsyncGenerator<Data> {
  for await (const { data, errors } of streams.iterate<Data>({ query: query.toString(), variables })) {
    if (errors) throw new Error(errors.map((error) => error.message).join(' '))
    if (data) yield data
  }
}
