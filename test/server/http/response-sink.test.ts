import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { ResponseSink } from '#server/http/response-sink.ts'
import { until } from '#test/helpers/until.ts'

/** A request under way, from both sides. */
const exchange = async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  request.on('error', () => {})
  const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse]
  let leftCount = 0
  const sink = new ResponseSink(response, { 'content-type': 'video/test' }, () => leftCount++)
  return {
    ...{ sink, request, response, left: () => leftCount },
    async [Symbol.asyncDispose]() {
      request.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}

test('writes its head with the first bytes, and heads before bodies', async () => {
  await using one = await exchange()
  expect(one.sink.begun).toBe(false)
  one.sink.write(Buffer.from('head '), Buffer.from('body '))
  one.sink.write(Buffer.from('more'))
  const [answer] = (await once(one.request, 'response')) as [IncomingMessage]
  one.sink.end()
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'video/test'])
  expect(Buffer.concat(await answer.toArray()).toString()).toBe('head body more')
  await until('the end to be told', () => one.left() === 1)
})

test('leaves a response that has not begun to whoever refuses the viewer', async () => {
  await using one = await exchange()
  one.sink.end()
  one.response.statusCode = 500
  one.response.end('words')
  const [answer] = (await once(one.request, 'response')) as [IncomingMessage]
  expect([answer.statusCode, Buffer.concat(await answer.toArray()).toString()]).toEqual([500, 'words'])
})

test('counts what a client does not take, and swallows what comes after it has left', async () => {
  await using one = await exchange()
  const piece = Buffer.alloc(1 << 20)
  one.sink.write(piece)
  const [answer] = (await once(one.request, 'response')) as [IncomingMessage]
  answer.pause()
  await until('bytes to wait', () => {
    one.sink.write(piece)
    return one.sink.pendingBytes > 4 << 20
  })
  one.request.destroy()
  await until('the end to be told', () => one.left() === 1)
  one.sink.write(piece, piece)
  one.sink.end()
})
