import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { WebSocketSink } from '#server/rest/ws/websocket-sink.ts'
import { openWebSocket, type WebSocketViewer } from '#test/helpers/web-socket-viewer.ts'

const server = createServer()
const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
let viewer: WebSocketViewer
let sink: WebSocketSink
let socket: Socket

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const opened = Promise.withResolvers<WebSocketSink>()
  server.on('upgrade', (request, upgraded, head) => {
    socket = upgraded as Socket
    webSockets.handleUpgrade(request, upgraded, head, client => opened.resolve(new WebSocketSink(client, socket)))
  })
  viewer = await openWebSocket(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  sink = await opened.promise
})
afterAll(async () => {
  await viewer[Symbol.asyncDispose]()
  server.close()
})

test('a head and its body arrive as one binary message', async () => {
  sink.write(Buffer.from('head'), Buffer.from('body'))
  expect(await viewer.next('the message')).toEqual({ bytes: Buffer.from('headbody') })
})

test('a head alone is a message too, and words are text, in the order they were said', async () => {
  sink.write(Buffer.from('one'), Buffer.from('two'))
  sink.tell('mse', 'video/mp4; codecs="avc1.640029"')
  sink.write(Buffer.from('three'))
  sink.tell('mjpeg', '')
  expect(await viewer.next('media')).toEqual({ bytes: Buffer.from('onetwo') })
  expect(await viewer.next('words')).toEqual({ text: { type: 'mse', value: 'video/mp4; codecs="avc1.640029"' } })
  expect(await viewer.next('media')).toEqual({ bytes: Buffer.from('three') })
  expect(await viewer.next('words')).toEqual({ text: { type: 'mjpeg' } })
})

test('what the other side does not take is pending', async () => {
  viewer.socket.pause()
  const body = Buffer.alloc(1 << 20)
  let sent = 0
  // Until the system's own buffers are full: some megabytes on the loopback.
  while (sink.pendingBytes < 4 << 20 && sent < 64 << 20) {
    sink.write(Buffer.from('x'), body)
    sent += body.length
  }
  expect(sink.pendingBytes).toBeGreaterThanOrEqual(4 << 20)
  viewer.socket.resume()
  let received = 0
  while (received < sent) {
    const message = await viewer.next('all that was pending')
    if ('bytes' in message) received += message.bytes.length - 1
  }
  expect(received).toBe(sent)
})

test('ending it closes the socket, and what comes afterwards is swallowed', async () => {
  sink.end()
  sink.end()
  sink.write(Buffer.from('late'), Buffer.from('late'))
  sink.tell('late', '')
  expect(await viewer.closed).toBe(1005)
  sink.write(Buffer.from('late'))
})
