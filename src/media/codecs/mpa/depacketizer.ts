import { join } from '../../bytes/join.ts'
import { retain } from '../../bytes/retain.ts'
import { AccessUnit } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { RtpPacket } from '../../rtp/rtp-packet.ts'
import { sequenceAfter } from '../../rtp/sequence-number.ts'
import { ticks } from '../../runtime/units.ts'
import type { Depacketizer } from '../codec-spec.ts'
import { HEADER_BYTES, readMpaFrame, sameMpaFormat } from './frame-header.ts'

/** What precedes the frames in a payload: two bytes of nothing, two of offset (RFC 2250 §3.5). */
const PAYLOAD_HEADER_BYTES = 4

/** A frame that goes on in later packets. */
interface OpenFrame {
  readonly sizeBytes: number
  readonly time: number
  readonly pieces: Buffer[]
  haveBytes: number
}

/** RFC 2250 payloads to MPEG audio frames: several a packet, or one over several packets. */
export class MpaDepacketizer implements Depacketizer {
  readonly #clockRate: number
  #configuration: readonly Buffer[] = []
  #open: OpenFrame | undefined
  #expected = -1
  #lastTime = Number.NEGATIVE_INFINITY

  constructor({ clockRate }: Codec) {
    this.#clockRate = clockRate
  }

  push(group: PacketGroup, emit: (unit: AccessUnit) => void): void {
    const give = (frame: Buffer, time: number): void => emit(this.#unit(frame, time, group))
    for (const packet of group.packets) this.#take(packet, group.time, give)
  }

  #take(packet: RtpPacket, time: number, give: (frame: Buffer, time: number) => void): void {
    if (packet.sequenceNumber !== this.#expected) this.#open = undefined
    this.#expected = sequenceAfter(packet.sequenceNumber)
    const { payload } = packet
    if (payload.length < PAYLOAD_HEADER_BYTES) return
    const offset = payload.readUInt16BE(2)
    const data = payload.subarray(PAYLOAD_HEADER_BYTES)
    if (offset === 0) this.#split(data, time, give)
    else this.#collect(data, offset, give)
  }

  #split(data: Buffer, time: number, give: (frame: Buffer, time: number) => void): void {
    this.#open = undefined
    let rest = data
    let ahead = 0
    for (let frame = readMpaFrame(rest); frame !== undefined; frame = readMpaFrame(rest)) {
      const { sizeBytes, samples, sampleRate } = frame
      const at = time + Math.round(ahead)
      if (sizeBytes > rest.length) {
        this.#open = { sizeBytes, time: at, pieces: [rest], haveBytes: rest.length }
        return
      }
      give(retain(rest.subarray(0, sizeBytes)), at)
      rest = rest.subarray(sizeBytes)
      ahead += (samples * this.#clockRate) / sampleRate
    }
  }

  #collect(data: Buffer, offset: number, give: (frame: Buffer, time: number) => void): void {
    const open = this.#open
    if (open === undefined || data.length === 0) return
    if (offset !== open.haveBytes || offset + data.length > open.sizeBytes) {
      this.#open = undefined
      return
    }
    open.pieces.push(data)
    open.haveBytes += data.length
    if (open.haveBytes < open.sizeBytes) return
    this.#open = undefined
    give(join(open.pieces), open.time)
  }

  #unit(frame: Buffer, time: number, { arrivedAt }: PacketGroup): AccessUnit {
    const [known] = this.#configuration
    if (known === undefined || !sameMpaFormat(known, frame))
      this.#configuration = [retain(frame.subarray(0, HEADER_BYTES))]
    const decodingTime = ticks(Math.max(time, this.#lastTime + 1))
    this.#lastTime = decodingTime
    const configuration = this.#configuration
    return new AccessUnit({ keyframe: true, decodingTime, framing: 'frame', parts: [frame], configuration, arrivedAt })
  }
}
