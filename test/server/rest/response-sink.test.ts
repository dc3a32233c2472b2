import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import Fastify from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ResponseSink } from '#server/rest/response-sink.ts'
import { until } from '#test/helpers/until.ts'

const app = Fastify()
let port = 0
let opened = Promise.withResolvers<ResponseSink>()

beforeAll(async () => {
  app.get('/', async (_request, reply) => {
    const sink = new ResponseSink(reply.header('x-for-all', 'yes'))
    opened.resolve(sink)
    await sink.gone
    return reply
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as AddressInfo).port
})
afterAll(() => app.close())

const ask = async (): Promise<{ sink: ResponseSink; client: ClientRequest; answer: Promise<IncomingMessage> }> => {
  opened = Promise.withResolvers()
  const client = request({ port, host: '127.0.0.1' })
  const answer = new Promise<IncomingMessage>((resolve, reject) => client.on('response', resolve).on('error', reject))
  answer.catch(() => {})
  client.end()
  return { sink: await opened.promise, client, answer }
}

test('sends its head once, with what was set for every response, then everything in order', async () => {
  const { sink, answer } = await ask()
  sink.write(Buffer.from('too early'))
  expect(sink.begun).toBe(false)
  sink.begin({ 'content-type': 'video/mp4' })
  sink.begin({ 'content-type': 'other' })
  sink.write(Buffer.from('one'), Buffer.from('two'))
  sink.write(Buffer.from('three'))
  sink.end()
  sink.end()
  sink.write(Buffer.from('too late'))
  const response = await answer
  expect(response.headers).toMatchObject({
    'content-type': 'video/mp4',
    'x-for-all': 'yes',
    'transfer-encoding': 'chunked',
  })
  expect((await buffer(response)).toString()).toBe('onetwothree')
  await sink.gone
})

test('tells at once when the client leaves, and swallows what comes then', async () => {
  const { sink, client, answer } = await ask()
  sink.begin({})
  sink.write(Buffer.from('something'))
  await answer
  client.destroy()
  await sink.gone
  sink.write(Buffer.from('into nothing'))
  sink.end()
})

test('tells when the client closes its side, even while it does not read', async () => {
  opened = Promise.withResolvers()
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  const sink = await opened.promise
  sink.begin({})
  while (sink.pendingBytes < 1 << 20) sink.write(Buffer.alloc(1 << 16))
  socket.end()
  await sink.gone
  expect(sink.begun).toBe(true)
  socket.destroy()
})

test('counts what the client does not take, and forgets it when it does', async () => {
  const { sink, answer } = await ask()
  sink.begin({})
  sink.write(Buffer.from('x'))
  const response = await answer
  const body = Buffer.alloc(1 << 20)
  let sent = 1
  // Until the system's own buffers are full: some megabytes on the loopback.
  while (sink.pendingBytes < 4 << 20 && sent < 64 << 20) {
    sink.write(Buffer.from('x'), body)
    sent += body.length + 1
  }
  expect(sink.pendingBytes).toBeGreaterThanOrEqual(4 << 20)
  let received = 0
  response.on('data', (chunk: Buffer) => {
    received += chunk.length
  })
  await until('everything to arrive', () => received === sent)
  await until('nothing to be pending', () => sink.pendingBytes === 0)
  sink.end()
  await sink.gone
})

test('a client of HTTP/1.0 gets the bytes as they are, and the end of the connection', async () => {
  opened = Promise.withResolvers()
  const socket = connect({ port, host: '127.0.0.1' })
  socket.write('GET / HTTP/1.0\r\n\r\n')
  const sink = await opened.promise
  sink.begin({ 'content-type': 'video/mp4' })
  sink.write(Buffer.from('one'), Buffer.from('two'))
  sink.end()
  const text = (await buffer(socket)).toString()
  expect(text).not.toContain('chunked')
  expect(text.endsWith('\r\n\r\nonetwo')).toBe(true)
})
