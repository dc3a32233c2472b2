import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Producer } from '#media/core/producer.ts'
import { RtspServer } from '#media/protocols/rtsp/rtsp-server.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HandFedStream } from '#test/helpers/hand-fed-stream.ts'
import { RecordingLogger } from '#test/helpers/recording-logger.ts'
import { RtspPlayer } from '#test/helpers/rtsp-player.ts'
import { h264AndPcmuSdp } from '#test/helpers/scripted-camera.ts'
import { until } from '#test/helpers/until.ts'

const target = 'rtsp://x/porch'

const request = fc
  .record({
    method: fc.constantFrom(
      'OPTIONS',
      'DESCRIBE',
      'SETUP',
      'PLAY',
      'PAUSE',
      'TEARDOWN',
      'GET_PARAMETER',
      'ANNOUNCE',
      'RECORD',
      'x',
    ),
    path: fc.constantFrom(
      target,
      `${target}?backchannel=1&pkt_size=99`,
      `${target}/trackID=0`,
      `${target}/trackID=1`,
      `${target}?audio`,
      '*',
      '',
      'a b',
    ),
    transport: fc.constantFrom(
      'RTP/AVP/TCP;interleaved=0-1',
      'RTP/AVP',
      'RTP/AVP;unicast;client_port=1-2',
      '',
      ',;,',
      'RTP/AVP/TCP',
    ),
    protocol: fc.constantFrom('RTSP/1.0', 'RTSP/1.0', 'RTSP/1.0', 'HTTP/1.1', 'RTSP/9'),
  })
  .map(({ method, path, transport, protocol }) =>
    Buffer.from(`${method} ${path} ${protocol}\r\nCSeq: 1\r\nTransport: ${transport}\r\n\r\n`),
  )

const announcement = fc
  .oneof(fc.constant(h264AndPcmuSdp), fc.string(), fc.constant(`${h264AndPcmuSdp}a=fmtp:96 ${'x'.repeat(60_000)}\r\n`))
  .map(body =>
    Buffer.from(
      `ANNOUNCE ${target} RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  )

const piece = fc.oneof(
  { weight: 2, arbitrary: announcement },
  { weight: 6, arbitrary: request },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 50 }).map(bytes => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constant(Buffer.from('2401000880c9000100000000', 'hex')) },
  { weight: 1, arbitrary: request.map(bytes => bytes.subarray(0, bytes.length - 7)) },
)

test('players that say anything at all harm nobody, and leave nothing behind', async () => {
  const stream = new HandFedStream()
  const logger = new RecordingLogger()
  const published: Producer[] = []
  using server = new RtspServer({
    listen: '127.0.0.1:0',
    username: '',
    password: '',
    defaultQuery: 'video&audio',
    packetBytesMax: 0,
    udp: false,
    clock: systemClock,
    logger,
    watch: stream.watch,
    placeFor: path => (path === 'porch' ? { context: dialContext(), take: one => published.push(one) } : undefined),
  })
  await server.listen()
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async pieces => {
      using player = await RtspPlayer.connect(server.port)
      for (const bytes of pieces) player.socket.write(bytes)
      stream.push(0, 'picture')
      player.socket.end()
      await player.closed
    }),
    { numRuns: 300 },
  )
  await until('all players to be gone', () => server.connectionCount === 0)
  await Promise.all(published.map(producer => producer.closed))
  expect(stream.idle).toBe(true)
  expect(logger.lines.filter(line => line.includes('internal'))).toEqual([])
  using player = await RtspPlayer.connect(server.port)
  await player.play(target)
})
