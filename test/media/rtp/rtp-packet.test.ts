import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { MalformedError } from '#media/runtime/errors.ts'

const rows = [
  {
    name: 'a plain packet',
    hex: '80600001000000020000000301020304',
    fields: { marker: false, payloadType: 96, sequenceNumber: 1, timestamp: 2, ssrc: 3, payload: '01020304' },
  },
  {
    name: 'the marker, high values',
    hex: '80e1fffffffffffeffffffff',
    fields: {
      marker: true,
      payloadType: 97,
      sequenceNumber: 65535,
      timestamp: 4294967294,
      ssrc: 4294967295,
      payload: '',
    },
  },
  {
    name: 'a contributing source',
    hex: '81600001000000020000000300000009aa',
    fields: { marker: false, payloadType: 96, sequenceNumber: 1, timestamp: 2, ssrc: 3, payload: 'aa' },
  },
  {
    name: 'a header extension',
    hex: '906000010000000200000003bede000112340000aabb',
    fields: { marker: false, payloadType: 96, sequenceNumber: 1, timestamp: 2, ssrc: 3, payload: 'aabb' },
  },
  {
    name: 'padding',
    hex: 'a06000010000000200000003aa000003',
    fields: { marker: false, payloadType: 96, sequenceNumber: 1, timestamp: 2, ssrc: 3, payload: 'aa' },
  },
]

const fieldsOf = (packet: RtpPacket): object => ({
  marker: packet.marker,
  payloadType: packet.payloadType,
  sequenceNumber: packet.sequenceNumber,
  timestamp: packet.timestamp,
  ssrc: packet.ssrc,
  payload: packet.payload.toString('hex'),
})

describe('a packet', () => {
  test.each(rows)('is read: $name', ({ hex, fields }) => {
    expect(fieldsOf(RtpPacket.parse(Buffer.from(hex, 'hex')))).toEqual(fields)
  })

  test.each([
    ['shorter than its header', '8060000100000002000000'],
    ['of another version', '40600001000000020000000301'],
    ['with more contributing sources than bytes', '8f600001000000020000000301'],
    ['with an extension beyond its end', '90600001000000020000000300'],
    ['with an extension longer than the packet', '906000010000000200000003bedeffff'],
    ['with more padding than payload', 'a060000100000002000000030000ff'],
  ])('%s is malformed', (_name, hex) => {
    expect(() => RtpPacket.parse(Buffer.from(hex, 'hex'))).toThrow(MalformedError)
  })

  test('of any bytes is read or malformed, and stays within its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        try {
          const packet = RtpPacket.parse(Buffer.from(bytes))
          expect(packet.payload.length).toBeLessThanOrEqual(bytes.length - 12)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedError)
        }
      }),
    )
  })

  test('that was written reads the same', () => {
    const header = fc.record({
      marker: fc.boolean(),
      payloadType: fc.nat(127),
      sequenceNumber: fc.nat(0xffff),
      timestamp: fc.nat(0xffffffff),
      ssrc: fc.nat(0xffffffff),
    })
    fc.assert(
      fc.property(header, fields => {
        const buffer = Buffer.alloc(20)
        expect(RtpPacket.write(buffer, 4, fields)).toBe(16)
        expect(fieldsOf(RtpPacket.parse(buffer.subarray(4)))).toEqual({ ...fields, payload: '00000000' })
      }),
    )
  })
})
