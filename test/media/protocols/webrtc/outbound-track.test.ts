import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { SrtpSession } from 'werift'
import { PacketGroup } from '#media/core/packet-group.ts'
import type { IceSession } from '#media/protocols/webrtc/ice-session.ts'
import type { SentMedia } from '#media/protocols/webrtc/negotiated-media.ts'
import { OutboundTrack } from '#media/protocols/webrtc/outbound-track.ts'
import { parseRtcp, type RtcpPacket } from '#media/rtp/rtcp-packet.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { millis, ticks } from '#media/runtime/units.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

const codec = { kind: 'video', name: 'H264', clockRate: 90_000, channels: 0, formatParameters: '' } as const
const media: SentMedia = {
  payloads: [
    { codec, payloadType: 103, retransmissionType: 104 },
    { codec, payloadType: 105 },
  ],
  ...{ ssrc: 7, retransmissionSsrc: 8 },
}

const group = (number: number, payloads: readonly string[]): PacketGroup =>
  new PacketGroup({
    packets: payloads.map((payload, at) => {
      const packet = Buffer.alloc(12 + payload.length)
      const header = { payloadType: 96, sequenceNumber: number * 1000 + at, timestamp: 5, ssrc: 1 }
      RtpPacket.write(packet, 0, { ...header, marker: at === payloads.length - 1 })
      packet.write(payload, 12)
      return RtpPacket.parse(packet)
    }),
    keyframe: true,
    time: ticks(2 ** 32 + number * 3600),
    complete: true,
    arrivedAt: millis(0),
    numbering: { ssrc: 1, sequenceOffset: 0, timestampOffset: 0 },
  })

class Scene {
  readonly clock = new HeldClock()
  readonly packets: RtpPacket[] = []
  readonly reports: RtcpPacket[] = []
  readonly track: OutboundTrack

  constructor(sent: SentMedia = media) {
    const [key, salt] = [randomBytes(16), randomBytes(14)]
    const both = { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt }
    const session = new SrtpSession({ keys: both, profile: 1 })
    const { srtpSessionKey, srtpSessionSalt, srtpSessionAuthTag } = session.localContext
    const take = (bytes: Buffer): void => {
      if (bytes[1]! >= 200 && bytes[1]! <= 206) this.reports.push(...parseRtcp(bytes))
      else this.packets.push(RtpPacket.parse(session.decrypt(Buffer.from(bytes))))
    }
    const ice: Pick<IceSession, 'send'> = {
      send: all => {
        for (const one of all) take(one)
        return false
      },
    }
    this.track = new OutboundTrack({
      ...{ sent, ice, clock: this.clock, wallTimeAtZero: 0, canonicalName: 'name' },
      protection: {
        keys: { sessionKey: srtpSessionKey, sessionSalt: srtpSessionSalt, authenticationKey: srtpSessionAuthTag },
        protectRtcp: bytes => bytes,
      },
    })
  }
}

const nack = (sequenceNumbers: readonly number[]) => ({ type: 'NACK', ssrc: 1, mediaSsrc: 7, sequenceNumbers }) as const

test('packets leave on the viewer’s payload type, numbered without gaps, at the engine’s time', () => {
  const { track, packets } = new Scene()
  track.send(group(1, ['a', 'b']))
  track.send(group(9, ['c']))
  const first = packets[0]!.sequenceNumber
  expect(packets.map(one => `${one.payload} ${one.sequenceNumber - first} ${one.timestamp} ${one.marker}`)).toEqual([
    'a 0 3600 false',
    'b 1 3600 true',
    'c 2 32400 true',
  ])
  expect(packets.every(one => one.payloadType === 103 && one.ssrc === 7)).toBe(true)
  expect(first).toBeLessThan(0x8000)
})

test('a report comes before the first packet, and tells how much there was', async () => {
  const { track, reports, packets, clock } = new Scene()
  track.send(group(1, ['abc']))
  expect([reports.length, packets.length]).toEqual([2, 1])
  await clock.advance(1000)
  track.report()
  expect(reports[2]).toMatchObject({ type: 'SR', ssrc: 7, packetCount: 1, octetCount: 3 })
})

test('what was missed comes again as it was, as long as it is kept', () => {
  const { track, packets } = new Scene()
  for (let number = 0; number < 600; number++) track.send(group(number, [String(number)]))
  const first = packets[0]!.sequenceNumber
  const before = packets.length
  track.resend(nack([first + 599, first + 100, first + 5]))
  const again = packets.slice(before)
  expect(again.map(({ payload }) => [payload.readUInt16BE(0) - first, payload.toString('latin1', 2)])).toEqual([
    [599, '599'],
    [100, '100'],
  ])
  expect(again.every(one => one.payloadType === 104 && one.ssrc === 8)).toBe(true)
  expect(track.resentCount).toBe(2)
})

test('a peer that asks for everything again and again gets only so much a second', async () => {
  const { track, packets, clock } = new Scene()
  for (let number = 0; number < 512; number++) track.send(group(number, ['x']))
  const all = Array.from({ length: 512 }, (_, at) => (packets[0]!.sequenceNumber + at) & 0xffff)
  for (let i = 0; i < 10; i++) track.resend(nack(all))
  expect(track.resentCount).toBe(512)
  await clock.advance(1100)
  track.resend(nack(all.slice(0, 3)))
  expect(track.resentCount).toBe(515)
})

test('nothing comes again where the viewer takes no retransmissions', () => {
  const { retransmissionSsrc: _, ...plain } = media
  const { track, packets } = new Scene(plain)
  track.send(group(1, ['a']))
  track.resend(nack([packets[0]!.sequenceNumber]))
  expect(packets).toHaveLength(1)
})

test('it goes on in another payload where it is told, numbered as before', () => {
  const { track, packets } = new Scene()
  track.send(group(1, ['a']))
  track.use(media.payloads[1]!)
  track.send(group(2, ['b']))
  const [first, second] = packets
  expect([first!.payloadType, second!.payloadType]).toEqual([103, 105])
  expect((second!.sequenceNumber - first!.sequenceNumber) & 0xffff).toBe(1)
  track.resend(nack([second!.sequenceNumber]))
  expect(packets).toHaveLength(2)
})
