import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { PacketGroup } from '#media/core/packet-group.ts'
import { TcpConnection } from '#media/net/tcp-connection.ts'
import { InterleavedPlayerCarrier } from '#media/protocols/rtsp/player-carrier.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { millis, ticks } from '#media/runtime/units.ts'
import { until } from '#test/helpers/until.ts'

const GROUPS = 300
const PACKETS = 20
const PAYLOAD_BYTES = 1388

const held = new DisposableStack()
afterEach(() => held.dispose())

/** A picture of which every byte says which one it is. */
const group = (number: number): PacketGroup =>
  new PacketGroup({
    packets: Array.from({ length: PACKETS }, (_, at) => {
      const packet = Buffer.alloc(12 + PAYLOAD_BYTES, number)
      const sequenceNumber = (number * PACKETS + at) & 0xffff
      RtpPacket.write(packet, 0, { marker: at === 19, payloadType: 96, sequenceNumber, timestamp: number, ssrc: 1 })
      return RtpPacket.parse(packet)
    }),
    keyframe: true,
    time: ticks(number),
    complete: true,
    arrivedAt: millis(0),
    numbering: { ssrc: 1, sequenceOffset: 0, timestampOffset: 0 },
  })

test('players who read at once and players who do not get each picture as it was, from shared memory', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  held.defer(() => server.close())
  await once(server, 'listening')
  const player = async (): Promise<{ carrier: InterleavedPlayerCarrier; far: Socket }> => {
    const accepted = once(server, 'connection') as Promise<[Socket]>
    const far = connect((server.address() as AddressInfo).port, '127.0.0.1')
    held.defer(() => far.destroy())
    const [near] = await accepted
    const connection = held.use(TcpConnection.accept(near, { clock: systemClock, onChunk() {} }))
    return { carrier: new InterleavedPlayerCarrier(connection, 0), far }
  }
  const [quick, slow] = [await player(), await player()]
  const [quickBytes, slowBytes]: [Buffer[], Buffer[]] = [[], []]
  quick.far.on('data', chunk => quickBytes.push(chunk))
  let expected = 0
  for (let number = 0; number < GROUPS; number++) {
    const one = group(number)
    for (const { carrier } of [quick, slow]) carrier.send(one, 96)
    expected += one.sizeBytes
    // The quick one has read it before the next is made: its memory may be used again, the slow one's may not.
    await until(
      'the quick player to have read',
      () => quickBytes.reduce((sum, { length }) => sum + length, 0) === expected,
    )
  }
  expect(slow.carrier.pendingBytes).toBeGreaterThan(0)
  slow.far.on('data', chunk => slowBytes.push(chunk))
  await until('the slow player to have read', () => slowBytes.reduce((sum, { length }) => sum + length, 0) === expected)
  const sent = Buffer.concat(
    Array.from({ length: GROUPS }, (_, number) => Buffer.from(group(number).interleaved(0, 96))),
  )
  expect(Buffer.concat(quickBytes).equals(sent)).toBe(true)
  expect(Buffer.concat(slowBytes).equals(sent)).toBe(true)
})
