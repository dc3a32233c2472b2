import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BesiegedEngine } from '#test/helpers/besieged-engine.ts'
import { HostileCamera } from '#test/helpers/hostile-camera.ts'
import { h264Sdp } from '#test/helpers/numbered-camera.ts'
import { rtpPacket } from '#test/helpers/rtp-packets.ts'
import { RtspPlayer } from '#test/helpers/rtsp-player.ts'
import { frame } from '#test/helpers/scripted-camera.ts'
import { until } from '#test/helpers/until.ts'

let besieged: BesiegedEngine
beforeAll(async () => {
  besieged = await BesiegedEngine.start()
})
afterAll(() => besieged[Symbol.asyncDispose]())

const times = function* (count: number, make: (index: number) => Buffer): Iterable<Buffer> {
  for (let index = 0; index < count; index++) yield make(index)
}

/** One packet of the attack, numbered as one that follows. */
const packet = (index: number, payload: Buffer, fields: Partial<Parameters<typeof rtpPacket>[0]> = {}): Buffer =>
  frame(
    0,
    rtpPacket({ payload, sequenceNumber: index & 0xffff, timestamp: (index * 3600) >>> 0, ssrc: 0xbad, ...fields })
      .buffer,
  )

/** The same with other bytes at places of its header. */
const twisted = (index: number, bytes: Buffer, ...places: readonly (readonly [number, number])[]): Buffer => {
  const made = packet(index, bytes, { marker: true })
  for (const [at, byte] of places) made[4 + (at < 0 ? made.length - 4 + at : at)] = byte
  return made
}

const idr = Buffer.from([0x65, 0x88, 0x80, 1, 2, 3, 4, 0x80])
const random = (size: number, seed: number): Buffer => {
  const bytes = Buffer.alloc(size)
  let state = seed + 1
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}
/** SPS with a width of 2^32 blocks: Exp-Golomb codes as long as they may be. */
const absurdSps = Buffer.concat([
  Buffer.from('6742c01e', 'hex'),
  Buffer.from(`f8${'0000000080000000'.repeat(8)}`, 'hex'),
])
const sized = (length: number, rest: Buffer): Buffer => Buffer.concat([Buffer.of(length >> 8, length & 0xff), rest])

const headers: readonly (readonly [string, () => Iterable<Buffer>])[] = [
  ['of versions that there are not', () => times(300, i => twisted(i, idr, [0, [0x00, 0x40, 0xc0][i % 3]!]))],
  ['padded beyond their beginning', () => times(300, i => twisted(i, idr, [0, 0xa0], [-1, 255 - (i % 200)]))],
  ['with more sources than bytes', () => times(300, i => twisted(i, idr.subarray(0, i % 8), [0, 0x8f]))],
  ['with extensions beyond their end', () => times(300, i => twisted(i, idr, [0, 0x90], [14, 0xff]))],
  ['without payload', () => times(3000, i => packet(i, Buffer.alloc(0), { marker: i % 2 === 0 }))],
  ['shorter than a header', () => times(300, i => frame(i % 2, random(i % 12, i)))],
  ['as long as frames may be', () => times(100, i => packet(i, random(65_523, i)))],
  ['of random bytes', () => times(3000, i => frame(i % 4, random(i % 300, i)))],
  ['of a new sender each', () => times(10_000, i => packet(i, idr, { ssrc: i * 7919, marker: true }))],
  ['with jumping numbers', () => times(10_000, i => packet(i * 4099, idr, { marker: true }))],
  [
    'whose time jumps by half its circle',
    () => times(3000, i => packet(i, idr, { timestamp: (i * 2 ** 31) >>> 0, marker: true })),
  ],
  [
    'whose time runs ten seconds a packet',
    () => times(3000, i => packet(i, idr, { timestamp: (i * 899_999) >>> 0, marker: true })),
  ],
  [
    'whose time goes back',
    () => times(3000, i => packet(i, idr, { timestamp: (2 ** 31 - i * 80_000) >>> 0, marker: true })),
  ],
  ['on channels that nobody set up', () => times(3000, i => frame(2 + (i % 254), random(i % 1400, i)))],
]

const payloads: readonly (readonly [string, () => Iterable<Buffer>])[] = [
  ['fragments without a beginning', () => times(5000, i => packet(i, Buffer.concat([Buffer.of(0x7c, 0x05), idr])))],
  [
    'fragments that only begin',
    () => times(5000, i => packet(i, Buffer.concat([Buffer.of(0x7c, 0x85), idr]), { timestamp: 0 })),
  ],
  [
    'fragments shorter than their headers',
    () => times(500, i => packet(i, Buffer.of(0x7c, 0xc5).subarray(0, 1 + (i % 2)))),
  ],
  ['aggregates of nothing', () => times(500, i => packet(i, Buffer.concat([Buffer.of(0x78), Buffer.alloc(1400)])))],
  [
    'aggregates longer than themselves',
    () => times(500, i => packet(i, Buffer.concat([Buffer.of(0x78), sized(65_535, idr)]))),
  ],
  [
    'aggregates of aggregates',
    () => times(500, i => packet(i, Buffer.concat([Buffer.of(0x78), sized(4, Buffer.from('78000165', 'hex'))]))),
  ],
  [
    'NAL units of every type',
    () => times(512, i => packet(i, Buffer.concat([Buffer.of(i & 0xff), random(i % 40, i)]), { marker: i % 3 === 0 })),
  ],
  [
    'start codes and nothing else',
    () => times(200, i => packet(i, Buffer.from(`67${'000001'.repeat(460)}`, 'hex'), { marker: true })),
  ],
  [
    'parameter sets of every number',
    () => times(2000, i => packet(i, Buffer.concat([Buffer.of(0x67 + (i % 2)), random(60, i)]))),
  ],
  ['parameter sets of absurd pictures', () => times(100, i => packet(i, i % 2 ? idr : absurdSps, { marker: true }))],
  ['what leads a picture that never comes', () => times(20_000, i => packet(i, Buffer.of(6), { timestamp: 0 }))],
  [
    'slices of one endless picture',
    () => times(10_000, i => packet(i, Buffer.concat([Buffer.of(0x65, 0), random(1300, i)]), { timestamp: 0 })),
  ],
]

/** A browser and a player with packets of its own size watch an H.264 camera that misbehaves, and still see what comes afterwards. */
const survives = async (attack: Iterable<Buffer>): Promise<void> => {
  await using camera = await HostileCamera.start(h264Sdp)
  const witness = await besieged.watch([camera.source])
  using player = await RtspPlayer.connect(besieged.port)
  await player.play(`${besieged.address()}?video&pkt_size=200`)
  await camera.played()
  await camera.pour(attack)
  await besieged.unharmed()
  const [messages, frames] = [witness.sink.messageCount, player.frames.length]
  await until('both see the picture after the attack', () => {
    camera.behave()
    return witness.sink.messageCount > messages + 2 && player.frames.length > frames + 2
  })
  expect(witness.code).toBeUndefined()
  expect(besieged.engine.streamByName('victim')).toMatchObject({ state: 'live', consumers: [{}, {}] })
  await besieged.over()
}

describe('a camera that sends packets', () => {
  test.each(headers)('%s goes on being watched', async (_name, attack) => survives(attack()))
})

describe('a camera that sends', () => {
  test.each(payloads)('%s goes on being watched', async (_name, attack) => survives(attack()))
})
