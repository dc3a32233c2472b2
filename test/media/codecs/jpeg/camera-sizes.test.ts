import fc from 'fast-check'
import { expect, test } from 'vitest'
import { onvifSize, recoveredSize } from '#media/codecs/jpeg/camera-sizes.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { MalformedError } from '#media/runtime/errors.ts'

test.each([
  { told: [512, 1920], size: [2560, 1920] },
  { told: [512, 1440], size: [2560, 1440] },
  { told: [1792, 112], size: [3840, 2160] },
  { told: [256, 1296], size: [2304, 1296] },
  { told: [0, 1536], size: [2048, 1536] },
  { told: [1920, 1080], size: [1920, 1080] },
  { told: [256, 192], size: [256, 192] },
] as const)('$told is $size', ({ told, size }) => {
  expect(recoveredSize(told[0], told[1])).toEqual(size)
})

/** A packet with this header extension. */
const extended = (profile: number, hex: string): RtpPacket => {
  const content = Buffer.from(hex, 'hex')
  const header = Buffer.alloc(16)
  header[0] = 0x90
  header.writeUInt16BE(profile, 12)
  header.writeUInt16BE(content.length / 4, 14)
  return RtpPacket.parse(Buffer.concat([header, content, Buffer.of(1)]))
}
const sof0 = 'ffc000110808700f0003012200021101031101'

test.each([
  { name: 'the size alone', packet: extended(0xffd8, `${sof0}ff`), size: [3840, 2160] },
  { name: 'the size behind other segments', packet: extended(0xffd8, `ffdd0004000a${sof0}ffffff`), size: [3840, 2160] },
  { name: 'fill bytes first', packet: extended(0xffd8, `ffff${sof0}ffffff`), size: [3840, 2160] },
  { name: 'no size', packet: extended(0xffd8, 'ffdd0004000affff'), size: undefined },
  { name: 'a size cut short', packet: extended(0xffd8, 'ffc0001108087000'), size: undefined },
  { name: 'a size of zero', packet: extended(0xffd8, 'ffc0001108000000000301ff'), size: undefined },
  { name: 'another extension', packet: extended(0xbede, `${sof0}ff`), size: undefined },
  {
    name: 'no extension',
    packet: RtpPacket.parse(Buffer.concat([Buffer.of(0x80), Buffer.alloc(20)])),
    size: undefined,
  },
])('an ONVIF extension with $name', ({ packet, size }) => {
  expect(onvifSize(packet)).toEqual(size)
})

test('any packet has a size or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 60 }), fc.nat(10), (bytes, words) => {
      const buffer = Buffer.from(bytes)
      buffer[0] = 0x90
      buffer.set([0xff, 0xd8, 0, words, 0xff], 12)
      try {
        onvifSize(RtpPacket.parse(buffer))
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }),
    { numRuns: 300 },
  )
})
