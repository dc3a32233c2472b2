import type { RtpPacket } from '../../rtp/rtp-packet.ts'
import type { ReceivingLane } from './receiving-lane.ts'
import type { RemoteMedia } from './remote-description.ts'

/** RTP streams that are remembered: those that were named, and as many that were not. */
const STREAMS_MAX = 64
const HEADER_BYTES = 12
/** Profiles of header extensions, RFC 8285 §4.2 and §4.3. */
const ONE_BYTE = 0xbede
const TWO_BYTES = 0x1000

/** One m-line that the peer sends on. */
export interface InboundMedia {
  readonly lane: ReceivingLane
  readonly remote: RemoteMedia
}

/** Finds the m-line that a packet of a bundle belongs to (RFC 9143 §9.2): by its stream, the name it carries, or its payload type. */
export class InboundRouter {
  readonly #medias: readonly InboundMedia[]
  readonly #streams = new Map<number, ReceivingLane>()
  readonly #payloadTypes = new Map<number, ReceivingLane | undefined>()

  constructor(medias: readonly InboundMedia[]) {
    this.#medias = medias
    for (const { lane, remote } of medias) {
      for (const ssrc of remote.sources) this.#streams.set(ssrc, lane)
      const { payloadType, retransmissionType } = lane.received.payload
      // Of two m-lines with the same number the number tells nothing.
      for (const type of retransmissionType === undefined ? [payloadType] : [payloadType, retransmissionType])
        this.#payloadTypes.set(type, this.#payloadTypes.has(type) ? undefined : lane)
    }
  }

  /** `undefined` when it is of none. */
  laneOf(packet: RtpPacket): ReceivingLane | undefined {
    const known = this.#streams.get(packet.ssrc)
    if (known !== undefined) return known
    const lane = this.#named(packet) ?? this.#payloadTypes.get(packet.payloadType)
    if (lane !== undefined && this.#streams.size < STREAMS_MAX) this.#streams.set(packet.ssrc, lane)
    return lane
  }

  #named(packet: RtpPacket): ReceivingLane | undefined {
    for (const { lane, remote } of this.#medias) {
      if (remote.midExtension === undefined) continue
      if (extensionText(packet, remote.midExtension) === remote.mid) return lane
    }
    return undefined
  }
}

/** The text of one header extension; `undefined` where the packet has none of that number. */
export const extensionText = ({ memory, start, end }: RtpPacket, id: number): string | undefined => {
  if ((memory[start]! & 0x10) === 0) return undefined
  let at = start + HEADER_BYTES + (memory[start]! & 0x0f) * 4
  const profile = memory.readUInt16BE(at)
  const last = Math.min(end, at + 4 + memory.readUInt16BE(at + 2) * 4)
  const isShort = profile === ONE_BYTE
  if (!isShort && (profile & 0xfff0) !== TWO_BYTES) return undefined
  at += 4
  while (at < last) {
    const first = memory[at]!
    if (first === 0) {
      at++
      continue
    }
    const number = isShort ? first >> 4 : first
    const size = isShort ? (first & 0x0f) + 1 : (memory[at + 1] ?? 0)
    const from = at + (isShort ? 1 : 2)
    // Fifteen ends a list of the short form.
    if ((isShort && number === 15) || from + size > last) return undefined
    if (number === id) return memory.toString('latin1', from, from + size)
    at = from + size
  }
  return undefined
}
