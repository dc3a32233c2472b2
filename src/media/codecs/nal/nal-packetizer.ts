import type { AccessUnit } from '../../core/access-unit.ts'
import type { Packetizer } from '../codec-spec.ts'

/** How the payload format of one codec writes NAL units. */
export interface NalFraming {
  readonly headerBytes: number
  /** Header of a payload that aggregates NAL units, each behind a 2-byte length. */
  aggregation(nals: readonly Buffer[]): Buffer
  /** Header of a payload that holds a piece of a NAL unit. */
  fragment(nal: Buffer, first: boolean, last: boolean): Buffer
  /** Bytes of such a header. */
  readonly fragmentHeaderBytes: number
}

/** Access units to RTP payloads, for the codecs made of NAL units: keyframes get their parameter sets in band. */
export class NalPacketizer implements Packetizer {
  readonly #framing: NalFraming
  readonly #payloadBytesMax: number

  constructor(framing: NalFraming, payloadBytesMax: number) {
    this.#framing = framing
    this.#payloadBytesMax = payloadBytesMax
  }

  packetize(unit: AccessUnit): readonly (readonly Buffer[])[] {
    const payloads: (readonly Buffer[])[] = []
    if (unit.keyframe) this.#lead(unit.configuration, payloads)
    for (const nal of unit.parts) this.#write(nal, payloads)
    return payloads
  }

  /** Parameter sets in one packet where they fit. */
  #lead(sets: readonly Buffer[], payloads: (readonly Buffer[])[]): void {
    let sizeBytes = this.#framing.headerBytes
    for (const nal of sets) sizeBytes += 2 + nal.length
    if (sets.length < 2 || sizeBytes > this.#payloadBytesMax) {
      for (const nal of sets) this.#write(nal, payloads)
      return
    }
    const payload = [this.#framing.aggregation(sets)]
    for (const nal of sets) {
      const length = Buffer.allocUnsafe(2)
      length.writeUInt16BE(nal.length)
      payload.push(length, nal)
    }
    payloads.push(payload)
  }

  #write(nal: Buffer, payloads: (readonly Buffer[])[]): void {
    if (nal.length <= this.#payloadBytesMax) {
      payloads.push([nal])
      return
    }
    const step = this.#payloadBytesMax - this.#framing.fragmentHeaderBytes
    const start = this.#framing.headerBytes
    for (let at = start; at < nal.length; at += step) {
      const header = this.#framing.fragment(nal, at === start, at + step >= nal.length)
      payloads.push([header, nal.subarray(at, at + step)])
    }
  }
}
