import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildSchema, type ExecutionResult, execute, parse, subscribe } from 'graphql'

const schema = buildSchema(readFileSync('apps/server/schema.graphql', 'utf8'))

/** What each field of Query, Mutation and Subscription answers; called with the field's arguments. */
export type Answers = Readonly<Record<string, (given: Readonly<Record<string, never>>) => unknown>>

/** A real server of the committed schema with the answers a test wants; the page's base address leads to it. */
export interface GraphqlServer extends AsyncDisposable {
  readonly url: string
}

/** Starts it. Dispose it to end every connection and to give the page its own address back. */
export async function startGraphqlServer(answers: Answers): Promise<GraphqlServer> {
  const server = createServer((request, response) => void serve(answers, request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/below/`
  const base = document.createElement('base')
  base.href = url
  document.head.append(base)
  return {
    url,
    async [Symbol.asyncDispose]() {
      base.remove()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** What a command answers when it changed nothing and nothing is wrong. */
export const unchanged = { correlationId: null, position: 0, events: [], viewersEnded: 0, problem: null } as const

async function serve(rootValue: Answers, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST' || request.url !== '/below/api/graphql') {
    response.writeHead(404).end()
    return
  }
  const { query, variables } = JSON.parse(Buffer.concat(await request.toArray()).toString())
  const operation = { schema, document: parse(query), variableValues: variables, rootValue }
  if (request.headers.accept?.startsWith('text/event-stream') !== true) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await execute(operation)))
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  await pour(await subscribe(operation), response)
}

async function pour(
  results: AsyncIterable<ExecutionResult> | ExecutionResult,
  response: ServerResponse,
): Promise<void> {
  for await (const result of Symbol.asyncIterator in results ? results : [results]) {
    response.write(`event: next\ndata: ${JSON.stringify(result)}\n\n`)
  }
  response.end('event: complete\ndata:\n\n')
}
