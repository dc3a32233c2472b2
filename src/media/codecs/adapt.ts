import { randomBytes } from 'node:crypto'
import type { AccessUnit } from '../core/access-unit.ts'
import type { Codec } from '../core/codec.ts'
import { PacketGroup, type RtpNumbering } from '../core/packet-group.ts'
import type { AnyTrack, PacketTrack, RtpSequence, UnitTrack } from '../core/track.ts'
import type { Transform } from '../core/transform.ts'
import { RtpPacket } from '../rtp/rtp-packet.ts'
import { sequenceAfter } from '../rtp/sequence-number.ts'
import { rescale, type Ticks, ticks } from '../runtime/units.ts'
import type { Packetizer } from './codec-spec.ts'
import { codecSpec } from './registry.ts'

/** 1500 (Ethernet) − 20 (IPv4) − 8 (UDP) − 12 (RTP). */
const PAYLOAD_BYTES_MAX = 1460
/** The first dynamic payload type (RFC 3551 §3); whoever sends the packets writes the agreed one over it. */
const PAYLOAD_TYPE = 96
/** RTP header without CSRC or extension. */
const HEADER_BYTES = 12
/** Codecs whose packets can be made of any size: go2rtc's. */
const REPACKED: ReadonlySet<string> = new Set(['H264', 'H265'])

/**
 * The track as access units: itself, or derived from its packets once for all who ask. `undefined`
 * when the engine does not know the codec's payloads. A derived track lives from its first outlet to
 * its last: attach to it at once.
 */
export const asUnits = (track: AnyTrack): UnitTrack | undefined => {
  if (track.form === 'units') return track
  const { codec } = track
  const depacketizer = codecSpec(codec.name)?.depacketizer(codec)
  return depacketizer && track.derive('units', codec, () => depacketizer)
}

/**
 * The track as RTP packets that can be announced to anybody: itself, or derived from its units once for
 * all who ask; otherwise as `asUnits`. Its codec is the announced one: `L16` for a track of `PCML`.
 * With `packetBytesMax` (RTP header included) H.264 and H.265 are packed anew where the source's
 * packets may be longer: shared by all who ask for the same size; `cached` where the size is ours, so that
 * somebody may begin with what was cached.
 */
export const asPackets = (track: AnyTrack, packetBytesMax?: number, cached?: 'cached'): PacketTrack | undefined => {
  const { codec } = track
  const spec = codecSpec(codec.name)
  const repacked = packetBytesMax !== undefined && REPACKED.has(codec.name)
  if (track.form === 'packets' && announcedCodec(codec) === codec && !repacked) return track
  const payloadBytesMax = packetBytesMax === undefined ? PAYLOAD_BYTES_MAX : packetBytesMax - HEADER_BYTES
  const packetizer = spec?.packetizer(codec, payloadBytesMax)
  const units = packetizer && asUnits(track)
  const announced = { ...announcedCodec(codec), payloadType: PAYLOAD_TYPE }
  // Packets of another size are another RTP stream.
  const sequence = packetBytesMax === undefined ? track.sequence : undefined
  const made = () => new UnitSender(packetizer!, codec, announced, sequence)
  // Players may ask for any size: a cache for each would soon be all there is, and nobody begins with it.
  const variant = `${payloadBytesMax}${cached ?? ''}`
  return units?.derive('packets', announced, made, variant, packetBytesMax === undefined || cached !== undefined)
}

/** A codec as RTP announces it: under another name or clock where the codec has no RTP form of its own. */
export const announcedCodec = (codec: Codec): Codec => codecSpec(codec.name)?.announced?.(codec) ?? codec

/** Access units to packet groups, numbered as one RTP stream of its own. */
class UnitSender implements Transform<AccessUnit, PacketGroup> {
  readonly #packetizer: Packetizer
  readonly #clockRate: number
  readonly #announcedRate: number
  readonly #numbering: RtpNumbering
  readonly #sequence: RtpSequence

  constructor(packetizer: Packetizer, codec: Codec, announced: Codec, sequence = randomSequence()) {
    this.#packetizer = packetizer
    this.#clockRate = codec.clockRate
    this.#announcedRate = announced.clockRate
    this.#numbering = { ssrc: sequence.ssrc, sequenceOffset: 0, timestampOffset: 0 }
    this.#sequence = sequence
  }

  push(unit: AccessUnit, emit: (group: PacketGroup) => void): void {
    if (this.#packetizer.split === undefined) this.#send(unit, emit)
    else for (const piece of this.#packetizer.split(unit)) this.#send(piece, emit)
  }

  #send(unit: AccessUnit, emit: (group: PacketGroup) => void): void {
    const payloads = this.#packetizer.packetize(unit)
    if (payloads.length === 0) return
    const { keyframe, arrivedAt } = unit
    const time = this.#announcedTime(unit.decodingTime + unit.compositionOffset)
    const packets = this.#write(payloads, time >>> 0)
    emit(new PacketGroup({ packets, keyframe, time, complete: true, arrivedAt, numbering: this.#numbering }))
  }

  #announcedTime(time: number): Ticks {
    if (this.#clockRate === this.#announcedRate) return ticks(time)
    return rescale(ticks(time), this.#clockRate, this.#announcedRate)
  }

  /** All packets of a unit in one piece of memory. */
  #write(payloads: readonly (readonly Buffer[])[], timestamp: number): readonly RtpPacket[] {
    let sizeBytes = payloads.length * HEADER_BYTES
    for (const payload of payloads) for (const part of payload) sizeBytes += part.length
    const memory = Buffer.allocUnsafeSlow(sizeBytes)
    const { ssrc } = this.#numbering
    let at = 0
    return payloads.map((payload, index) => {
      const marker = index === payloads.length - 1
      const start = at
      const sequenceNumber = this.#sequence.nextSequenceNumber
      this.#sequence.nextSequenceNumber = sequenceAfter(sequenceNumber)
      at = RtpPacket.write(memory, at, { marker, payloadType: PAYLOAD_TYPE, sequenceNumber, timestamp, ssrc })
      for (const part of payload) {
        memory.set(part, at)
        at += part.length
      }
      return RtpPacket.parse(memory.subarray(start, at))
    })
  }
}

const randomSequence = (): RtpSequence => {
  const random = randomBytes(6)
  return { ssrc: random.readUInt32BE(0), nextSequenceNumber: random.readUInt16BE(4) }
}
