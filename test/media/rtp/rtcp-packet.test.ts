import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatRtcp, isRtcp, parseRtcp, type RtcpPacket } from '#media/rtp/rtcp-packet.ts'
import { LimitError, MalformedError } from '#media/runtime/errors.ts'
import { spoiledBytes } from '#test/helpers/spoiled-bytes.ts'

const report = {
  ssrc: 0xa1a2a3a4,
  fractionLost: 5,
  lostCount: -2,
  highestSequence: 0x0001_fffe,
  jitter: 12,
  lastSenderReport: 0xb1b2b3b4,
  delaySinceLastSenderReport: 0x1_0000,
}
const reportHex = 'a1a2a3a4 05 fffffe 0001fffe 0000000c b1b2b3b4 00010000'

const rows: readonly { readonly name: string; readonly hex: string; readonly packet: RtcpPacket }[] = [
  {
    name: 'a sender report without blocks',
    hex: '80c80006 00000001 e9000000 80000000 00015f90 00000003 00000400',
    packet: {
      type: 'SR',
      ssrc: 1,
      ntpTime: { seconds: 0xe9000000, fraction: 0x80000000 },
      rtpTimestamp: 90_000,
      packetCount: 3,
      octetCount: 1024,
      reports: [],
    },
  },
  {
    name: 'a receiver report',
    hex: `81c90007 00000002 ${reportHex}`,
    packet: { type: 'RR', ssrc: 2, reports: [report] },
  },
  {
    name: 'names of two sources, one without',
    hex: '82ca0005 00000003 0105706f 72636800 00000004 00000000',
    packet: {
      type: 'SDES',
      sources: [
        { ssrc: 3, canonicalName: 'porch' },
        { ssrc: 4, canonicalName: '' },
      ],
    },
  },
  { name: 'a goodbye', hex: '81cb0001 00000005', packet: { type: 'BYE', ssrcs: [5], reason: '' } },
  {
    name: 'a goodbye with a reason',
    hex: '81cb0003 00000005 04646f6e 65000000',
    packet: { type: 'BYE', ssrcs: [5], reason: 'done' },
  },
  {
    name: 'missing packets, around the end of the circle',
    hex: '81cd0004 00000006 00000007 ffff8001 00200000',
    packet: { type: 'NACK', ssrc: 6, mediaSsrc: 7, sequenceNumbers: [0xffff, 0, 15, 32] },
  },
  {
    name: 'an estimate',
    hex: '8fce0006 00000008 00000000 52454d42 020aa25f 00000009 0000000a',
    packet: { type: 'REMB', ssrc: 8, bitrate: 172_639 * 4, mediaSsrcs: [9, 10] },
  },
  { name: 'a lost picture', hex: '81ce0002 00000008 00000009', packet: { type: 'PLI', ssrc: 8, mediaSsrc: 9 } },
  {
    name: 'a keyframe asked for by command',
    hex: '84ce0004 00000008 00000000 00000009 ff000000',
    packet: { type: 'FIR', ssrc: 8, commands: [{ mediaSsrc: 9, number: 255 }] },
  },
]

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')

describe('a packet', () => {
  test.each(rows)('is read and written: $name', ({ hex, packet }) => {
    expect(parseRtcp(bytesOf(hex))).toEqual([packet])
    expect(formatRtcp([packet]).toString('hex')).toBe(bytesOf(hex).toString('hex'))
  })

  test('of several is read one after another', () => {
    const packets = rows.map(({ packet }) => packet)
    expect(parseRtcp(formatRtcp(packets))).toEqual(packets)
  })

  test.each([
    ['a type that means nothing here', '80cc0002 00000001 6e616d65 80c90001 00000002'],
    ['feedback that means nothing here', '8fcd0002 00000001 00000002 80c90001 00000002'],
    ['feedback on payloads that means nothing here', '8fce0002 00000001 00000002 80c90001 00000002'],
  ])('is passed over: %s', (_name, hex) => {
    expect(parseRtcp(bytesOf(hex))).toEqual([{ type: 'RR', ssrc: 2, reports: [] }])
  })

  test('may have padding, and items that are not its name', () => {
    expect(parseRtcp(bytesOf('a0c90002 00000002 00000004'))).toEqual([{ type: 'RR', ssrc: 2, reports: [] }])
    expect(parseRtcp(bytesOf('81ca0004 00000003 06026162 01027878 00000000'))).toEqual([
      { type: 'SDES', sources: [{ ssrc: 3, canonicalName: 'xx' }] },
    ])
  })

  test('may have extensions behind its reports', () => {
    expect(parseRtcp(bytesOf('80c90002 00000002 12345678'))).toEqual([{ type: 'RR', ssrc: 2, reports: [] }])
  })

  test.each([
    ['nothing', ''],
    ['half a header', '80c9'],
    ['another version', '40c90001 00000002'],
    ['a length beyond the end', '80c90002 00000002'],
    ['more reports than bytes', '81c90001 00000002'],
    ['a name longer than the packet', '81ca0002 00000003 01ff0000'],
    ['a list of names without an end', '81ca0002 00000003 01026162'],
    ['padding in the middle', 'a0c90002 00000002 00000004 80c90001 00000002'],
    ['padding of nothing', 'a0c90002 00000002 00000000'],
    ['padding that is no multiple of four', 'a0c90002 00000002 00000003'],
    ['more padding than packet', 'a0c90002 00000002 0000000c'],
    ['padding without a place', 'a0c90000'],
    ['half a NACK', '81cd0002 00000006 000000'],
  ])('%s is malformed', (_name, hex) => {
    expect(() => parseRtcp(bytesOf(hex))).toThrow(MalformedError)
  })

  test('may not be endless, nor ask for endlessly many', () => {
    expect(() => parseRtcp(Buffer.alloc(8193))).toThrow(LimitError)
    const words = Buffer.alloc(61 * 4, 0xff)
    const nack = Buffer.concat([bytesOf('81cd003f 00000006 00000007'), words])
    expect(() => parseRtcp(nack)).toThrow(LimitError)
  })

  test('with more than five bits can count is cut, and so are long names', () => {
    const ssrcs = Array.from({ length: 40 }, (_, index) => index)
    const sources = [{ ssrc: 1, canonicalName: 'x'.repeat(300) }]
    const packets = parseRtcp(
      formatRtcp([
        { type: 'BYE', ssrcs, reason: '' },
        { type: 'SDES', sources },
        { type: 'RR', ssrc: 1, reports: new Array(40).fill({ ...report, lostCount: 2 ** 30 }) },
      ]),
    )
    expect(packets).toEqual([
      { type: 'BYE', ssrcs: ssrcs.slice(0, 31), reason: '' },
      { type: 'SDES', sources: [{ ssrc: 1, canonicalName: 'x'.repeat(255) }] },
      { type: 'RR', ssrc: 1, reports: new Array(31).fill({ ...report, lostCount: 2 ** 23 - 1 }) },
    ])
  })
})

const u32 = fc.nat(0xffff_ffff)
const block = fc.record({
  ssrc: u32,
  fractionLost: fc.nat(255),
  lostCount: fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }),
  highestSequence: u32,
  jitter: u32,
  lastSenderReport: u32,
  delaySinceLastSenderReport: u32,
})
const reports = fc.array(block, { maxLength: 31 })
const text = fc.string({ maxLength: 60 })
const anyPacket: fc.Arbitrary<RtcpPacket> = fc.oneof(
  fc.record({
    type: fc.constant('SR' as const),
    ssrc: u32,
    ntpTime: fc.record({ seconds: u32, fraction: u32 }),
    rtpTimestamp: u32,
    packetCount: u32,
    octetCount: u32,
    reports,
  }),
  fc.record({ type: fc.constant('RR' as const), ssrc: u32, reports }),
  fc.record({
    type: fc.constant('SDES' as const),
    sources: fc.array(fc.record({ ssrc: u32, canonicalName: text }), { maxLength: 31 }),
  }),
  fc.record({ type: fc.constant('BYE' as const), ssrcs: fc.array(u32, { maxLength: 31 }), reason: text }),
  fc.record({
    type: fc.constant('NACK' as const),
    ssrc: u32,
    mediaSsrc: u32,
    sequenceNumbers: fc.uniqueArray(fc.nat(0xffff), { maxLength: 200 }),
  }),
  fc.record({ type: fc.constant('PLI' as const), ssrc: u32, mediaSsrc: u32 }),
  fc.record({
    ...{ type: fc.constant('REMB' as const), ssrc: u32 },
    // What 18 bits and an exponent hold exactly.
    bitrate: fc
      .tuple(fc.integer({ min: 2 ** 17, max: 2 ** 18 - 1 }), fc.nat(16))
      .map(([rate, zeros]) => rate * 2 ** zeros),
    mediaSsrcs: fc.array(u32, { maxLength: 5 }),
  }),
  fc.record({
    type: fc.constant('FIR' as const),
    ssrc: u32,
    commands: fc.array(fc.record({ mediaSsrc: u32, number: fc.nat(255) }), { maxLength: 40 }),
  }),
)

/** A NACK names the same packets in an order of its own. */
const inOrder = (packet: RtcpPacket): RtcpPacket =>
  packet.type === 'NACK'
    ? { ...packet, sequenceNumbers: packet.sequenceNumbers.toSorted((one, other) => one - other) }
    : packet

test('what was written reads the same', () => {
  fc.assert(
    fc.property(fc.array(anyPacket, { minLength: 1, maxLength: 4 }), packets => {
      expect(parseRtcp(formatRtcp(packets)).map(inOrder)).toEqual(packets.map(inOrder))
    }),
  )
})

test('anything at all is read, malformed or too much', () => {
  const real = rows.map(({ hex }) => bytesOf(hex))
  fc.assert(
    fc.property(spoiledBytes([...real, Buffer.concat(real)]), bytes => {
      try {
        expect(parseRtcp(bytes).length).toBeLessThanOrEqual(bytes.length / 4)
      } catch (error) {
        expect(error instanceof MalformedError || error instanceof LimitError).toBe(true)
      }
    }),
    { numRuns: 2000 },
  )
})

test('is told apart from RTP by its type', () => {
  for (const { hex } of rows) expect(isRtcp(bytesOf(hex)[1]!)).toBe(true)
  expect(isRtcp(0xe0)).toBe(false)
  expect(isRtcp(0x60)).toBe(false)
})
