import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BesiegedEngine, type Witness } from '#test/helpers/besieged-engine.ts'
import { heldBytes } from '#test/helpers/collected-garbage.ts'
import { HostileCamera } from '#test/helpers/hostile-camera.ts'
import { h264Sdp } from '#test/helpers/numbered-camera.ts'
import { rtpPacket } from '#test/helpers/rtp-packets.ts'
import { frame } from '#test/helpers/scripted-camera.ts'
import { until } from '#test/helpers/until.ts'

let besieged: BesiegedEngine
beforeAll(async () => {
  besieged = await BesiegedEngine.start()
})
afterAll(() => besieged[Symbol.asyncDispose]())

const MIB = 1024 * 1024

const sdpOf = (media: string, map: string, parameters = ''): string =>
  [
    ...['v=0', 's=-', 't=0 0', `m=${media} 0 RTP/AVP 96`, `a=rtpmap:96 ${map}`],
    ...(parameters === '' ? [] : [`a=fmtp:96 ${parameters}`]),
    ...['a=control:trackID=0', ''],
  ].join('\r\n')
const aacSdp = sdpOf(
  'audio',
  'MPEG4-GENERIC/48000/2',
  'mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1190',
)
const h265Sdp = sdpOf('video', 'H265/90000')

const packets = function* (count: number, make: (index: number) => Buffer, step = 3600): Iterable<Buffer> {
  for (let index = 0; index < count; index++) {
    const place = { sequenceNumber: index & 0xffff, timestamp: (index * step) >>> 0, ssrc: 0xbad }
    yield frame(0, rtpPacket({ payload: make(index), marker: index % 2 === 1, ...place }).buffer)
  }
}

/** The attack is made on somebody who watches; then the source is live, or says why not. */
const endures = async (sdp: string, attack: Iterable<Buffer>): Promise<Witness> => {
  await using camera = await HostileCamera.start(sdp)
  const witness = await besieged.watch([camera.source])
  await camera.played()
  await camera.pour(attack)
  await besieged.unharmed()
  const { state, cause } = besieged.engine.streamByName('victim')!
  expect([state, cause?.code]).toEqual(['live', undefined])
  await besieged.over()
  return witness
}

describe('memory is bounded', () => {
  test.each([
    ['a fragment that never ends', h264Sdp, Buffer.concat([Buffer.of(0x7c, 0x05), Buffer.alloc(1400, 1)])],
    [
      'a fragment of H.265 that never ends',
      h265Sdp,
      Buffer.concat([Buffer.of(0x62, 0x01, 0x13), Buffer.alloc(1400, 1)]),
    ],
    ['pictures without an end', h264Sdp, Buffer.concat([Buffer.of(0x65, 0x88), Buffer.alloc(1400, 1)])],
    ['frames of sound of which nothing comes', aacSdp, Buffer.from('0010fff8', 'hex')],
  ])('under %s', async (_name, sdp, payload) => {
    await using camera = await HostileCamera.start(sdp)
    await besieged.watch([camera.source])
    await camera.played()
    const before = heldBytes()
    const start = Buffer.concat([payload.subarray(0, 1), Buffer.of(payload[1]! | 0x80), payload.subarray(2)])
    const count = Math.ceil((200 * MIB) / Math.max(1400, payload.length))
    await camera.pour(packets(count, index => (index === 0 ? start : payload), 0))
    await until(
      'all of it has come',
      () => (besieged.engine.activity('victim')?.receivedBytes ?? 0) >= count * payload.length,
    )
    expect(heldBytes() - before).toBeLessThan(48 * MIB)
    await besieged.over()
  })
})

describe('a camera that sends H.265 goes on with', () => {
  const after = (hex: string, rest: Buffer | number = 40): Buffer =>
    Buffer.concat([Buffer.from(hex, 'hex'), typeof rest === 'number' ? Buffer.alloc(rest, 0x55) : rest])
  test.each<[string, (index: number) => Buffer]>([
    ['payloads shorter than a header', index => after('62', index % 3)],
    ['aggregates longer than themselves', () => after('6001ffff')],
    ['aggregates of nothing', () => after('6001', Buffer.alloc(1000))],
    ['aggregates with decoding order numbers', () => after('600100010004400102030004420102')],
    ['fragments with decoding order numbers', index => after(`6201${index % 2 ? '13' : '93'}ffff`)],
    ['fragments that begin and end at once', () => after('6201d3')],
    ['types that there are not', index => after((((32 + (index % 32)) << 9) | 1).toString(16).padStart(4, '0'))],
    ['parameter sets of all zeros', index => after(['4001', '4201', '4401'][index % 3]!, Buffer.alloc(60))],
    ['parameter sets of all ones', index => after(['4001', '4201', '4401'][index % 3]!, Buffer.alloc(60, 0xff))],
  ])('%s', async (_name, make) => void (await endures(h265Sdp, packets(1000, make))))
})

describe('a camera that sends sound goes on with', () => {
  test.each<[string, string, (index: number) => Buffer]>([
    ['more headers than bytes', aacSdp, () => Buffer.from('ffff0010', 'hex')],
    ['half a header', aacSdp, index => Buffer.from('00', 'hex').subarray(0, index % 2)],
    ['frames beyond their packet', aacSdp, index => Buffer.from(`00${index % 2 ? '20' : '10'}fff8fff81122`, 'hex')],
    ['frames of no size', aacSdp, () => Buffer.concat([Buffer.from('1000', 'hex'), Buffer.alloc(512)])],
    ['ADTS in ADTS', aacSdp, () => Buffer.from('fff14c8000fffc'.repeat(40), 'hex')],
    [
      'headers of 32 bits',
      sdpOf('audio', 'MPEG4-GENERIC/1/9', 'sizelength=32;indexlength=32;config=ff'),
      () => Buffer.alloc(900, 0xff),
    ],
    [
      'headers of no bits',
      sdpOf('audio', 'MPEG4-GENERIC/999999999', 'sizelength=0;config=zz'),
      () => Buffer.alloc(900, 0xff),
    ],
    ['Opus of every kind', sdpOf('audio', 'opus/48000/2'), index => Buffer.of(index & 0xff, 0xff, index >> 8)],
  ])('%s', async (_name, sdp, make) => void (await endures(sdp, packets(1000, make, 960))))
})

describe('a camera whose reports are', () => {
  const sr = (hex: string): Buffer => Buffer.from(`80c80006${'00000bad'}${hex}`.padEnd(56, '0'), 'hex')
  test.each<[string, (index: number) => Buffer]>([
    ['longer than they are', index => Buffer.from(`80c8${(0xffff - index).toString(16)}00000bad`, 'hex')],
    ['of no length', () => Buffer.from('80c9000000000000', 'hex')],
    ['of random kinds', index => Buffer.from([0x80 | (index & 0x3f), 192 + (index % 32), 0, 1, 1, 2, 3, 4])],
    ['farewells of everybody', index => Buffer.from(`9f${'cb'}001f${'00000bad'.repeat(30 + (index % 3))}`, 'hex')],
    ['requests for everything it sent', () => Buffer.from(`81cd0003000000010000bad0ffffffff`, 'hex')],
    ['requests for pictures', () => Buffer.from('81ce000200000001000000ab', 'hex')],
    ['full of texts without an end', () => Buffer.concat([Buffer.from('9fca3fff', 'hex'), Buffer.alloc(65_000, 1)])],
    ['of all times', index => sr(`${((index * 0x1234567) >>> 0).toString(16).padStart(8, '0')}ffffffff${'80000000'}`)],
  ])('%s goes on being watched', async (_name, make) => {
    const reports = function* (): Iterable<Buffer> {
      for (let index = 0; index < 3000; index++) yield frame(index % 2, make(index))
    }
    await endures(h264Sdp, reports())
  })
})
