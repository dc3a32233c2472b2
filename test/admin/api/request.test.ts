import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { SystemQuery } from '../../../apps/admin/src/api/documents.ts'
import { request, sentenceOf } from '../../../apps/admin/src/api/request.ts'
import { startGraphqlServer } from '../graphql-server.ts'
import { systemAt } from '../stream-data.ts'

async function withAnswer(status: number, body: string, run: () => Promise<void>): Promise<void> {
  const server = createServer((_request, response) => response.writeHead(status).end(body))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const base = document.createElement('base')
  base.href = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  document.head.append(base)
  try {
    await run()
  } finally {
    base.remove()
    server.closeAllConnections()
    server.close()
  }
}

test('asks the server below the page’s own address', async () => {
  await using _server = await startGraphqlServer({ system: () => systemAt(7) })
  expect((await request(SystemQuery, {})).system.position).toBe(7)
})

test('an error of the server is a sentence', async () => {
  await using _server = await startGraphqlServer({
    system: () => {
      throw new Error('the disk is full')
    },
  })
  await expect(request(SystemQuery, {})).rejects.toMatchObject({ code: 'failed', message: 'the disk is full' })
})

test.each([
  [401, '', 'sign_in'],
  [403, 'no', 'refused'],
  [502, '<html>', 'offline'],
  [200, 'not json', 'refused'],
  [200, '{}', 'refused'],
])('an answer of %d %j is told as %s', async (status, body, code) => {
  await withAnswer(status, body, async () => {
    await expect(request(SystemQuery, {})).rejects.toMatchObject({ code })
  })
})

test('a server that is not there is offline', async () => {
  const base = document.createElement('base')
  base.href = 'http://127.0.0.1:1/'
  document.head.append(base)
  await expect(request(SystemQuery, {})).rejects.toMatchObject({ code: 'offline' })
  base.remove()
})

test('a request that is given up rejects with the reason it was given up for', async () => {
  await using _server = await startGraphqlServer({ system: () => new Promise(() => {}) })
  const end = new AbortController()
  const asking = request(SystemQuery, {}, end.signal)
  const reason = new Error('no longer wanted')
  end.abort(reason)
  await expect(asking).rejects.toBe(reason)
})

test('whatever is thrown becomes a sentence', () => {
  expect(sentenceOf(new Error('it broke'))).toBe('it broke')
  expect(sentenceOf('text')).toBe('Something went wrong in this page.')
})
