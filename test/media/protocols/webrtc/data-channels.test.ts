import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { DataChannels } from '#media/protocols/webrtc/data-channels.ts'
import {
  chunkTypes,
  formatParameter,
  formatSctpPacket,
  parseParameters,
  parseSctpPacket,
  type SctpChunk,
  type SctpPacket,
} from '#media/protocols/webrtc/sctp-packet.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

const none = Buffer.alloc(0)
const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, at * 4)
  return bytes
}
const open = Buffer.concat([Buffer.from([3, 0, 0, 0]), words(0), Buffer.from([0, 1, 0, 0]), Buffer.from('x')])

/** A browser's side, as far as it takes to open a channel. */
class Peer {
  readonly clock = new HeldClock()
  readonly packets: SctpPacket[] = []
  readonly channels = new DataChannels({
    ...{ clock: this.clock, port: 5000 },
    send: bytes => void this.packets.push(parseSctpPacket(bytes)),
  })
  tag = 0

  send(...chunks: readonly SctpChunk[]): void {
    const ports = { sourcePort: 5000, destinationPort: 5000 }
    this.channels.take(formatSctpPacket({ ...ports, verificationTag: this.tag, chunks }))
  }

  /** Begins at transmission number 100. */
  connect(): void {
    this.tag = 0
    this.send({ type: chunkTypes.INIT, flags: 0, body: words(77, 100_000, 0xffffffff, 100) })
    const [answer] = this.packets.splice(0)[0]!.chunks
    this.tag = answer!.body.readUInt32BE(0)
    const cookie = parseParameters(answer!.body.subarray(16)).get(7)!
    this.send({ type: chunkTypes.COOKIE_ECHO, flags: 0, body: cookie })
  }

  data(number: number, message: Buffer, protocol = 50, flags = 3): SctpChunk {
    return { type: chunkTypes.DATA, flags, body: Buffer.concat([words(number, 1 << 16, protocol), message]) }
  }

  /** Types of what was answered since the last look. */
  types(): readonly number[] {
    return this.packets.splice(0).flatMap(({ chunks }) => chunks.map(({ type }) => type))
  }
}

test('an association is greeted, and a channel that is opened is open', () => {
  const peer = new Peer()
  peer.connect()
  expect(peer.packets[0]).toMatchObject({ verificationTag: 77, chunks: [{ type: chunkTypes.COOKIE_ACK }] })
  peer.packets.splice(0)
  peer.send(peer.data(100, open))
  const [opened, confirmed] = peer.packets.splice(0)[0]!.chunks
  expect([opened!.type, opened!.body.readUInt16BE(4), opened!.body.readUInt32BE(8), opened!.body.at(-1)]).toEqual([
    0, 1, 50, 2,
  ])
  expect([confirmed!.type, confirmed!.body.readUInt32BE(0)]).toEqual([chunkTypes.SACK, 100])
  expect(peer.channels.openCount).toBe(1)
  peer.send({ type: chunkTypes.SACK, flags: 0, body: words(opened!.body.readUInt32BE(0), 1000, 0) })
  expect(peer.clock.timerCount).toBe(0)
})

test('that it is open is said again until it is confirmed, and not for ever', async () => {
  const peer = new Peer()
  peer.connect()
  peer.send(peer.data(100, open))
  peer.types()
  await peer.clock.advance(3000)
  expect(peer.types()).toEqual([0, 0, 0])
  await peer.clock.advance(60_000)
  expect(peer.clock.timerCount).toBe(0)
})

test('what is said is confirmed, in whatever order it comes, and twice', () => {
  const peer = new Peer()
  peer.connect()
  peer.types()
  for (const number of [100, 103, 102, 103]) peer.send(peer.data(number, Buffer.from('hello'), 51))
  const [, , third] = peer.packets.map(({ chunks }) => chunks[0]!.body)
  expect(third!.toString('hex')).toBe(`${words(100, 128 * 1024).toString('hex')}000200000002000200030003`)
  peer.packets.splice(0)
  peer.send(peer.data(101, Buffer.from('hello'), 51))
  expect(peer.packets[0]!.chunks[0]!.body.readUInt32BE(0)).toBe(103)
})

test('a closed channel is closed on both sides; heartbeats are answered, and what was given up is not waited for', () => {
  const peer = new Peer()
  peer.connect()
  peer.send(peer.data(100, open))
  peer.types()
  const reset = formatParameter(13, Buffer.concat([words(9, 0, 100), Buffer.from([0, 1])]))
  peer.send({ type: chunkTypes.RECONFIG, flags: 0, body: reset })
  const parameters = parseParameters(peer.packets.splice(0)[0]!.chunks[0]!.body)
  expect(parameters.get(16)).toEqual(words(9, 1))
  expect(parameters.get(13)?.subarray(12)).toEqual(Buffer.from([0, 1]))
  expect(peer.channels.openCount).toBe(0)
  peer.send({ type: chunkTypes.HEARTBEAT, flags: 0, body: words(1, 2) })
  expect(peer.packets.splice(0)[0]!.chunks[0]).toEqual({ type: chunkTypes.HEARTBEAT_ACK, flags: 0, body: words(1, 2) })
  peer.send({ type: chunkTypes.FORWARD_TSN, flags: 0, body: words(150) })
  expect(peer.packets.splice(0)[0]!.chunks[0]!.body.readUInt32BE(0)).toBe(150)
  peer.send({ type: chunkTypes.SHUTDOWN, flags: 0, body: words(1) })
  expect(peer.types()).toEqual([chunkTypes.SHUTDOWN_ACK])
  peer.send({ type: chunkTypes.ABORT, flags: 0, body: none })
  peer.send({ type: chunkTypes.HEARTBEAT, flags: 0, body: words(1) })
  expect(peer.types()).toEqual([])
})

test('before the greeting, with a wrong cookie or a wrong tag nothing is answered', () => {
  const peer = new Peer()
  peer.send({ type: chunkTypes.HEARTBEAT, flags: 0, body: none })
  expect(peer.types()).toEqual([])
  peer.connect()
  peer.types()
  peer.tag = (peer.tag ^ 1) >>> 0
  peer.send(peer.data(100, open))
  peer.tag = 0
  peer.send({ type: chunkTypes.INIT, flags: 0, body: words(78, 1, 1, 1) })
  peer.tag = peer.packets.splice(0)[0]!.chunks[0]!.body.readUInt32BE(0)
  peer.send({ type: chunkTypes.COOKIE_ECHO, flags: 0, body: Buffer.alloc(16) }, peer.data(1, open))
  expect(peer.types().filter(type => type !== chunkTypes.SACK)).toEqual([])
})

test('whatever a connected peer says, nothing is thrown, and answers stay bounded', () => {
  const chunk = fc.record({
    ...{ type: fc.oneof(fc.nat(255), fc.constantFrom(...Object.values(chunkTypes))), flags: fc.nat(7) },
    body: fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes)),
  })
  fc.assert(
    fc.property(fc.array(fc.array(chunk, { minLength: 1, maxLength: 4 }), { maxLength: 20 }), packets => {
      const peer = new Peer()
      peer.connect()
      for (const chunks of packets) peer.send(...chunks)
      expect(peer.packets.length).toBeLessThanOrEqual(packets.length + 1)
      peer.channels[Symbol.dispose]()
      expect(peer.clock.timerCount).toBe(0)
    }),
    { numRuns: 500 },
  )
})
