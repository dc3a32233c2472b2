import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { RtspServer } from '#media/protocols/rtsp/rtsp-server.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { HandFedStream } from '#test/helpers/hand-fed-stream.ts'
import { RecordingLogger } from '#test/helpers/recording-logger.ts'
import { RtspPlayer } from '#test/helpers/rtsp-player.ts'
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
      'RECORD',
      'x',
    ),
    path: fc.constantFrom(target, `${target}/trackID=0`, `${target}/trackID=1`, `${target}?audio`, '*', '', 'a b'),
    transport: fc.constantFrom('RTP/AVP/TCP;interleaved=0-1', 'RTP/AVP', '', ',;,', 'RTP/AVP/TCP'),
    protocol: fc.constantFrom('RTSP/1.0', 'RTSP/1.0', 'RTSP/1.0', 'HTTP/1.1', 'RTSP/9'),
  })
  .map(({ method, path, transport, protocol }) =>
    Buffer.from(`${method} ${path} ${protocol}\r\nCSeq: 1\r\nTransport: ${transport}\r\n\r\n`),
  )

const piece = fc.oneof(
  { weight: 6, arbitrary: request },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 50 }).map(bytes => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constant(Buffer.from('2401000880c9000100000000', 'hex')) },
  { weight: 1, arbitrary: request.map(bytes => bytes.subarray(0, bytes.length - 7)) },
)

test('players that say anything at all harm nobody, and leave nothing behind', async () => {
  const stream = new HandFedStream()
  const logger = new RecordingLogger()
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
    placeFor: () => undefined,
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
  expect(stream.idle).toBe(true)
  expect(logger.lines.filter(line => line.includes('internal'))).toEqual([])
  using player = await RtspPlayer.connect(server.port)
  await player.play(target)
})
