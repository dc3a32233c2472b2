import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { extensionText, InboundRouter } from '#media/protocols/webrtc/inbound-router.ts'
import type { ReceivingLane } from '#media/protocols/webrtc/receiving-lane.ts'
import { parseRemoteDescription, type RemoteMedia } from '#media/protocols/webrtc/remote-description.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { chromiumOffer } from '#test/helpers/web-rtc-offers.ts'

const [remote] = parseRemoteDescription(chromiumOffer).medias

/** Only what the router looks at. */
const media = (mid: string, payloadType: number, retransmissionType: number, about: Partial<RemoteMedia> = {}) => {
  const payload = { codec: remote!.codecs[0]!, payloadType, retransmissionType }
  const lane = { received: { payload, ssrc: 1 } } as unknown as ReceivingLane
  return { lane, remote: { ...remote!, mid, midExtension: 4, ...about } }
}

const packet = (ssrc: number, payloadType: number, extension: Buffer = Buffer.alloc(0)): RtpPacket => {
  const bytes = Buffer.alloc(12 + extension.length + 1)
  RtpPacket.write(bytes, 0, { marker: false, payloadType, sequenceNumber: 1, timestamp: 1, ssrc })
  if (extension.length > 0) bytes[0] = bytes[0]! | 0x10
  bytes.set(extension, 12)
  return RtpPacket.parse(bytes)
}

const oneByte = (...elements: readonly (readonly [number, string])[]): Buffer => {
  const body = Buffer.concat(
    elements.map(([id, text]) => Buffer.concat([Buffer.from([(id << 4) | (text.length - 1)]), Buffer.from(text)])),
  )
  const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)])
  return Buffer.concat([Buffer.from([0xbe, 0xde, 0, padded.length / 4]), padded])
}

test('a stream that was named goes where it was named for, whatever its packets say', () => {
  const [one, two] = [media('0', 96, 97, { sources: [7, 8] }), media('1', 98, 99)]
  const router = new InboundRouter([one, two])
  expect(router.laneOf(packet(8, 98))).toBe(one.lane)
})

test('the name that a packet carries decides, and holds for the stream', () => {
  const [one, two] = [media('0', 96, 97), media('1', 96, 97)]
  const router = new InboundRouter([one, two])
  expect(router.laneOf(packet(5, 96))).toBeUndefined()
  expect(router.laneOf(packet(5, 96, oneByte([1, 'abc'], [4, '1'])))).toBe(two.lane)
  expect(router.laneOf(packet(5, 96))).toBe(two.lane)
})

test('a payload type of one m-line alone says enough, for retransmissions as well', () => {
  const [one, two] = [media('0', 96, 97), media('1', 98, 99)]
  const router = new InboundRouter([one, two])
  expect([96, 97, 98, 99, 100].map((type, at) => router.laneOf(packet(at + 1, type)))).toEqual([
    ...[one.lane, one.lane, two.lane, two.lane],
    undefined,
  ])
})

test('thousands of streams find their way, and are not all remembered', () => {
  const one = media('0', 96, 97)
  const router = new InboundRouter([one])
  for (let ssrc = 1; ssrc < 5000; ssrc++) expect(router.laneOf(packet(ssrc, 96))).toBe(one.lane)
})

test('both forms of extensions are read', () => {
  const two = Buffer.from([0x10, 0x00, 0, 2, 0, 4, 2, 0x61, 0x62, 0, 0, 0])
  expect(extensionText(packet(1, 96, two), 4)).toBe('ab')
  expect(extensionText(packet(1, 96, oneByte([3, 'x'], [4, 'mid'])), 4)).toBe('mid')
  expect(extensionText(packet(1, 96), 4)).toBeUndefined()
})

test('whatever stands in an extension, it is text or nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 80 }), fc.nat(15), (extension, id) => {
      const bytes = Buffer.from(extension)
      try {
        const text = extensionText(packet(1, 96, bytes), id)
        expect(text === undefined || text.length <= 255).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }),
  )
})
