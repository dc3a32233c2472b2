import { BitReader } from '../../bytes/bit-reader.ts'
import { retain } from '../../bytes/retain.ts'
import { AccessUnit } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { RtpPacket } from '../../rtp/rtp-packet.ts'
import { sequenceAfter } from '../../rtp/sequence-number.ts'
import { type Millis, type Ticks, ticks } from '../../runtime/units.ts'
import type { Depacketizer } from '../codec-spec.ts'
import { splitAdts, startsWithAdts } from './adts.ts'
import { type AuHeaderLayout, aacConfiguration, auHeaderLayout, readConfig } from './fmtp.ts'

/** Bytes of one frame: 6144 bits a channel (ISO/IEC 14496-3 §4.5.3), times 48, rounded up. */
const FRAME_BYTES_MAX = 64 * 1024
/** Frames of one packet: 1 500 bytes of the smallest that sound like anything. */
const FRAMES_MAX = 256
/** Packets of one frame: 64 KiB in the smallest that players may ask for. Packets without any of it would be endless. */
const PIECES_MAX = 2048

/** A frame that goes on in later packets. */
interface OpenFrame {
  readonly sizeBytes: number
  readonly time: Ticks
  readonly pieces: Buffer[]
  haveBytes: number
}

/**
 * RFC 3640 payloads to access units, in any layout of sizes and indexes but without interleaving.
 * Some cameras send ADTS instead of AU headers, or ADTS headers within the frames: both are taken off.
 */
export class AacDepacketizer implements Depacketizer {
  readonly #layout: AuHeaderLayout
  readonly #configuration: readonly Buffer[]
  /** Ticks of the RTP clock that a frame lasts: it may run at the doubled rate of SBR. */
  readonly #frameTicks: number
  #expected = -1
  #lastTime = Number.NEGATIVE_INFINITY
  #open: OpenFrame | undefined

  constructor(codec: Codec) {
    const configuration = aacConfiguration(codec)
    const known = readConfig(configuration)
    this.#layout = auHeaderLayout(codec)
    this.#configuration = [configuration]
    this.#frameTicks =
      known === undefined ? 1024 : Math.round((known.frameSamples * codec.clockRate) / known.sampleRate)
  }

  push(group: PacketGroup, emit: (unit: AccessUnit) => void): void {
    const give = (frame: Buffer, time: number): void => this.#emit(frame, time, group.arrivedAt, emit)
    for (const packet of group.packets) this.#take(packet, group.time, give)
  }

  #take(packet: RtpPacket, time: Ticks, give: (frame: Buffer, time: number) => void): void {
    if (packet.sequenceNumber !== this.#expected) this.#open = undefined
    this.#expected = sequenceAfter(packet.sequenceNumber)
    const { payload } = packet
    if (startsWithAdts(payload)) {
      for (const [index, frame] of splitAdts(payload).entries()) give(frame, time + index * this.#frameTicks)
      return
    }
    const sizes = this.#readSizes(payload)
    if (sizes === undefined) return
    const data = payload.subarray(2 + Math.ceil(payload.readUInt16BE(0) / 8))
    if (sizes.length === 1 && sizes[0]! > data.length) this.#collect(data, sizes[0]!, time, give)
    else this.#split(data, sizes, time, give)
  }

  /** AU sizes in bytes, RFC 3640 §3.2.1. `undefined`: broken. */
  #readSizes(payload: Buffer): readonly number[] | undefined {
    const { sizeBits, indexBits, indexDeltaBits } = this.#layout
    if (payload.length < 2) return undefined
    const headerBits = payload.readUInt16BE(0)
    if (2 + Math.ceil(headerBits / 8) > payload.length || sizeBits === 0) return undefined
    const bits = new BitReader(payload.subarray(2, 2 + Math.ceil(headerBits / 8)))
    const sizes: number[] = []
    for (let left = headerBits; sizes.length < FRAMES_MAX; ) {
      const index = sizes.length === 0 ? indexBits : indexDeltaBits
      left -= sizeBits + index
      if (left < 0) break
      sizes.push(bits.bits(sizeBits))
      bits.skip(index)
    }
    return sizes
  }

  #split(data: Buffer, sizes: readonly number[], time: Ticks, give: (frame: Buffer, time: number) => void): void {
    this.#open = undefined
    let at = 0
    for (const [index, size] of sizes.entries()) {
      if (at + size > data.length) return
      const frame = data.subarray(at, at + size)
      if (size > 0)
        give(startsWithAdts(frame) ? (splitAdts(frame)[0] ?? frame) : frame, time + index * this.#frameTicks)
      at += size
    }
  }

  /** A frame over several packets: each repeats the size of the whole, RFC 3640 §3.2.3.1. */
  #collect(data: Buffer, sizeBytes: number, time: Ticks, give: (frame: Buffer, time: number) => void): void {
    if (sizeBytes > FRAME_BYTES_MAX) return
    if (this.#open?.time !== time || this.#open.sizeBytes !== sizeBytes)
      this.#open = { sizeBytes, time, pieces: [], haveBytes: 0 }
    if (this.#open.pieces.length >= PIECES_MAX) return
    this.#open.pieces.push(data)
    this.#open.haveBytes += data.length
    if (this.#open.haveBytes < sizeBytes) return
    const frame = Buffer.concat(this.#open.pieces, sizeBytes)
    this.#open = undefined
    give(frame, time)
  }

  #emit(frame: Buffer, time: number, arrivedAt: Millis, emit: (unit: AccessUnit) => void): void {
    const decodingTime = ticks(Math.max(time, this.#lastTime + 1))
    this.#lastTime = decodingTime
    const configuration = this.#configuration
    const parts = [retain(frame)]
    emit(new AccessUnit({ keyframe: true, decodingTime, framing: 'frame', parts, configuration, arrivedAt }))
  }
}
