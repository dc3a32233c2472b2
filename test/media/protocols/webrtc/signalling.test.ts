import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { postOffer, SocketSignalling } from '#media/protocols/webrtc/signalling.ts'
import { parseWebRtcSource } from '#media/protocols/webrtc/webrtc-source.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { HttpCamera } from '#test/helpers/http-camera.ts'
import { until } from '#test/helpers/until.ts'

const options = (source: string) => ({
  source: parseWebRtcSource(parseSourceUrl(source)),
  ...{ clock: systemClock, userAgent: 'test', signal: new AbortController().signal },
})

test('an offer is posted, its answer taken, and the session deleted at the end', async () => {
  const bodies: string[] = []
  await using camera = await HttpCamera.start({
    '/whep': (request, response) => {
      request.setEncoding('utf8').on('data', text => bodies.push(text))
      request.on('end', () => response.writeHead(201, { location: 'sessions/7' }).end('v=0 answer'))
    },
    '/sessions/7': (_request, response) => response.writeHead(200).end(),
  })
  const { answer, goodbye } = await postOffer(options(`webrtc:${camera.at('/whep')}`), 'v=0 offer')
  expect([answer, bodies]).toEqual(['v=0 answer', ['v=0 offer']])
  expect(camera.requests[0]!.headers).toMatchObject({ 'content-type': 'application/sdp', 'user-agent': 'test' })
  goodbye()
  await until('the session to be deleted', () => camera.requests.some(({ method }) => method === 'DELETE'))
})

test('a refusal is told with its words, and no session of another server is deleted', async () => {
  await using camera = await HttpCamera.start({
    '/whep': (_request, response) => response.writeHead(500).end('streams: codecs not matched\n'),
    '/away': (_request, response) => response.writeHead(201, { location: 'http://127.0.0.1:1/x' }).end('v=0'),
    '/long': (_request, response) => response.writeHead(201).end('x'.repeat(100_000)),
  })
  const ask = (path: string) => postOffer(options(`webrtc:${camera.at(path)}`), 'v=0')
  await expect(ask('/whep')).rejects.toThrow(
    'the camera answered 500 Internal Server Error: streams: codecs not matched',
  )
  await expect(ask('/long')).rejects.toMatchObject({ code: 'bad_answer' })
  ;(await ask('/away')).goodbye()
  expect(camera.requests.filter(({ method }) => method === 'DELETE')).toEqual([])
})

/** A server of go2rtc's `/api/ws` that does with each message what a test says. */
const socketServer = async (onMessage: (message: { type: string; value: string }, socket: WebSocket) => void) => {
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  server.on('connection', socket => socket.on('message', data => onMessage(JSON.parse(String(data)), socket)))
  await once(http.listen(0, '127.0.0.1'), 'listening')
  const { port } = http.address() as AddressInfo
  const close = (): void => {
    for (const socket of server.clients) socket.terminate()
    http.close()
  }
  return { url: `webrtc:ws://127.0.0.1:${port}/api/ws?src=x`, [Symbol.dispose]: close }
}

const tell = (socket: WebSocket, type: string, value: string): void => socket.send(JSON.stringify({ type, value }))

test('by socket an offer is answered, and candidates go both ways, early ones too', async () => {
  const heard: string[] = []
  using server = await socketServer(({ type, value }, socket) => {
    heard.push(`${type} ${value}`)
    if (type !== 'webrtc/offer') return
    socket.send('rubbish')
    socket.send('7')
    tell(socket, 'mse', 'nothing')
    tell(socket, 'webrtc/candidate', 'candidate:1')
    tell(socket, 'webrtc/answer', 'v=0 answer')
    tell(socket, 'webrtc/candidate', 'candidate:2')
    tell(socket, 'webrtc/candidate', '')
  })
  using signalling = await SocketSignalling.open(options(server.url))
  expect(await signalling.ask('v=0 offer', systemClock)).toBe('v=0 answer')
  signalling.tellCandidate('candidate:ours')
  const candidates: string[] = []
  signalling.hearCandidates(one => candidates.push(one))
  await until('both candidates', () => candidates.length === 2 && heard.length === 2)
  expect([candidates, heard]).toEqual([
    ['candidate:1', 'candidate:2'],
    ['webrtc/offer v=0 offer', 'webrtc/candidate candidate:ours'],
  ])
})

test('by socket an error is told in its words, and an end as an end', async () => {
  using server = await socketServer((_message, socket) => tell(socket, 'error', 'webrtc/offer: stream not found'))
  using signalling = await SocketSignalling.open(options(server.url))
  await expect(signalling.ask('v=0', systemClock)).rejects.toThrow(
    'the other side says: webrtc/offer: stream not found',
  )
  using deaf = await socketServer((_message, socket) => socket.close())
  using lost = await SocketSignalling.open(options(deaf.url))
  await expect(lost.ask('v=0', systemClock)).rejects.toMatchObject({ code: 'peer_refused' })
})
