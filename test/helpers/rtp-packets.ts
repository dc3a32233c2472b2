import { PacketGroup } from '#media/core/packet-group.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { millis, ticks } from '#media/runtime/units.ts'

/** What a test says of a packet; the rest is usual. */
export interface PacketFields {
  readonly payload: Buffer
  readonly marker?: boolean
  readonly payloadType?: number
  readonly sequenceNumber?: number
  readonly timestamp?: number
  readonly ssrc?: number
}

/** One RTP packet. */
export const rtpPacket = ({ payload, ...fields }: PacketFields): RtpPacket => {
  const buffer = Buffer.alloc(12 + payload.length)
  const usual = { marker: false, payloadType: 96, sequenceNumber: 0, timestamp: 0, ssrc: 0xcafe }
  RtpPacket.write(buffer, 0, { ...usual, ...fields })
  buffer.set(payload, 12)
  return RtpPacket.parse(buffer)
}

/** A group of packets with these payloads, numbered from `firstSequenceNumber`. */
export const groupOf = (
  payloads: readonly Buffer[],
  options: { readonly time?: number; readonly firstSequenceNumber?: number; readonly complete?: boolean } = {},
): PacketGroup => {
  const { time = 0, firstSequenceNumber = 0, complete = true } = options
  return new PacketGroup({
    packets: payloads.map((payload, index) =>
      rtpPacket({
        payload,
        sequenceNumber: (firstSequenceNumber + index) & 0xffff,
        timestamp: time >>> 0,
        marker: complete && index === payloads.length - 1,
      }),
    ),
    keyframe: false,
    time: ticks(time),
    complete,
    arrivedAt: millis(5),
    numbering: { ssrc: 1, sequenceOffset: 0, timestampOffset: 0 },
  })
}

/** Payloads as a packetizer gives them, joined as they would leave. */
export const joined = (payloads: readonly (readonly Buffer[])[]): Buffer[] =>
  payloads.map(parts => Buffer.concat(parts))
