import { print } from '@0no-co/graphql.web'
import type { TadaDocumentNode } from 'gql.tada'
import { serverUrl } from './endpoint.ts'

/** Why a request brought no answer. `message` is a sentence for people. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code: 'offline' | 'sign_in' | 'refused' | 'failed'

  constructor(code: RequestError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

interface Answer<Result> {
  readonly data?: Result | null
  readonly errors?: readonly { readonly message: string }[]
}

/** Sends one GraphQL operation; resolves with what it answers, rejects with `RequestError` or the signal's reason. */
export async function request<Result, Variables>(
  document: TadaDocumentNode<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Result> {
  const response = await post(JSON.stringify({ query: print(document), variables }), signal)
  if (response.status === 401)
    throw new RequestError('sign_in', 'The server asks who you are. Reload the page to sign in.')
  const answer = await readAnswer<Result>(response)
  const problem = answer.errors?.[0]
  if (problem !== undefined) throw new RequestError('failed', problem.message)
  if (answer.data === undefined || answer.data === null) {
    throw new RequestError('refused', `The server refused the request (${response.status}).`)
  }
  return answer.data
}

/** A sentence for whatever was thrown. */
export const sentenceOf = (error: unknown): string =>
  error instanceof Error && error.message !== '' ? error.message : 'Something went wrong in this page.'

async function post(body: string, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(serverUrl('api/graphql'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' },
      body,
      signal: signal ?? null,
    })
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    throw new RequestError('offline', 'The server does not answer.', { cause: error })
  }
}

async function readAnswer<Result>(response: Response): Promise<Answer<Result>> {
  try {
    return (await response.json()) as Answer<Result>
  } catch (error) {
    const code = response.status >= 500 ? 'offline' : 'refused'
    throw new RequestError(code, `The server gave no usable answer (${response.status}).`, { cause: error })
  }
}
