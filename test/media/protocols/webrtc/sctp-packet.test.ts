import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c } from '#media/protocols/webrtc/crc32c.ts'
import {
  formatParameter,
  formatSctpPacket,
  parseParameters,
  parseSctpPacket,
} from '#media/protocols/webrtc/sctp-packet.ts'
import { MalformedError } from '#media/runtime/errors.ts'

const part = fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes))
const u16 = fc.nat(0xffff)

test.each([
  ['of nothing', Buffer.alloc(0), 0],
  ['of 32 zeros (RFC 3720 §B.4)', Buffer.alloc(32), 0x8a9136aa],
  ['of 32 ones (RFC 3720 §B.4)', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['of digits', Buffer.from('123456789'), 0xe3069283],
])('the checksum %s is right', (_name, bytes, checksum) => {
  expect(crc32c(bytes)).toBe(checksum)
})

test('what is written is read again', () => {
  const chunk = fc.record({ type: fc.nat(255), flags: fc.nat(255), body: part })
  const packet = fc.record({
    ...{ sourcePort: u16, destinationPort: u16, verificationTag: fc.nat(0xffffffff) },
    chunks: fc.array(chunk, { maxLength: 8 }),
  })
  fc.assert(
    fc.property(packet, one => {
      expect(parseSctpPacket(formatSctpPacket(one))).toEqual(one)
    }),
  )
  fc.assert(
    fc.property(fc.uniqueArray(u16, { maxLength: 5 }), part, (types, body) => {
      const read = parseParameters(Buffer.concat(types.map(type => formatParameter(type, body))))
      expect([...read]).toEqual(types.map(type => [type, body]))
    }),
  )
})

test('whatever comes, it is a packet or malformed, and one changed bit makes it so', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
      expect(() => parseSctpPacket(Buffer.from(bytes))).toThrow(MalformedError)
      try {
        parseParameters(Buffer.from(bytes))
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }),
  )
  const right = formatSctpPacket({ sourcePort: 1, destinationPort: 2, verificationTag: 3, chunks: [] })
  for (let at = 0; at < right.length; at++) {
    const wrong = Buffer.from(right)
    wrong[at] = wrong[at]! ^ 1
    expect(() => parseSctpPacket(wrong)).toThrow(MalformedError)
  }
})
