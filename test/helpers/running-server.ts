import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConfigArgument } from '#server/config/config-texts.ts'
import { projectPaths } from '#server/paths.ts'
import { type RunningServer, startServer } from '#server/server.ts'

/** How a test wants its server. */
export interface TestServerOptions {
  /** Text of a linked go2rtc.yaml; without it no file is linked. */
  readonly yaml?: string
  /** Further configurations, `{…}` each. */
  readonly inline?: readonly string[]
  /** A folder of an earlier server, which then stays when this one ends. */
  readonly folder?: string
  /** Default: an empty folder, so no admin. */
  readonly admin?: string
}

/** A whole server on a port of its own, with its databases in a temporary folder. */
export interface TestServer extends AsyncDisposable {
  readonly running: RunningServer
  readonly url: string
  readonly port: number
  readonly folder: string
  /** Path of the linked file, whether there is one or not. */
  readonly file: string
  readonly lines: readonly string[]
  /** Exit codes that `/api/exit` asked for. */
  readonly exits: readonly number[]
  request(path: string, init?: RequestInit): Promise<Response>
  /** The `data` of an answer; throws when it has errors. */
  graphql<Data = Record<string, never>>(query: string, variables?: Record<string, unknown>): Promise<Data>
}

/** Starts one; dispose to end it. */
export const startTestServer = async (options: TestServerOptions = {}): Promise<TestServer> => {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'sightline-server-'))
  const file = join(folder, 'go2rtc.yaml')
  if (options.yaml !== undefined) writeFileSync(file, options.yaml)
  const inline = [
    '{api: {listen: "127.0.0.1:0"}, rtsp: {listen: "127.0.0.1:0"}, webrtc: {listen: "127.0.0.1:0"}}',
    ...(options.inline ?? []),
  ]
  const lines: string[] = []
  const exits: number[] = []
  const running = await startServer({
    configs: [
      ...(options.yaml === undefined ? [] : [{ kind: 'file', path: file } as const]),
      ...inline.map((text): ConfigArgument => ({ kind: 'inline', text })),
    ],
    dataFolder: join(folder, 'data'),
    workingFolder: folder,
    write: line => lines.push(line),
    exit: code => exits.push(code),
    paths: { ...projectPaths(), admin: options.admin ?? join(folder, 'no-admin') },
  })
  const url = running.url ?? ''
  const request = (path: string, init?: RequestInit): Promise<Response> => fetch(new URL(path, url), init)
  return {
    ...{ running, url, folder, file, lines, exits, request },
    port: Number(url === '' ? 0 : new URL(url).port),
    graphql: (query, variables) => askGraphQL(request, query, variables),
    async [Symbol.asyncDispose]() {
      await running.close()
      if (options.folder === undefined) rmSync(folder, { recursive: true })
    },
  }
}

const askGraphQL = async <Data>(
  request: TestServer['request'],
  query: string,
  variables?: Record<string, unknown>,
): Promise<Data> => {
  const response = await request('/api/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data: Data; errors?: readonly { message: string }[] }
  if (errors !== undefined) throw new Error(errors.map(error => error.message).join('; '))
  return data
}
