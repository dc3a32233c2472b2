import { AccessUnit } from '../core/access-unit.ts'
import type { PacketGroup } from '../core/packet-group.ts'
import type { RtpPacket } from '../rtp/rtp-packet.ts'
import { sequenceAfter, sequenceDistance } from '../rtp/sequence-number.ts'
import { MalformedError } from '../runtime/errors.ts'
import { type Millis, type Ticks, ticks } from '../runtime/units.ts'
import type { Depacketizer } from './codec-spec.ts'

/** Bytes of one picture: as for H.264; 4K keyframes have about 1 MiB. */
const PICTURE_BYTES_MAX = 5 * 1024 * 1024
/** Payloads of one picture: 5 MiB in packets of 400 bytes. */
const PAYLOADS_MAX = 13_000
/** Packets by which one may come late: RFC 3550 §A.1's MAX_MISORDER. Beyond, the sender has started over. */
const LATE_PACKETS_MAX = 100

/** A picture as its payloads tell it. */
export interface AssembledPicture {
  readonly keyframe: boolean
  /** Owns its bytes. */
  readonly frame: Buffer
  /** The same array while it does not change: see `AccessUnit.configuration`. */
  readonly configuration: readonly Buffer[]
}

/** How one codec's pictures are cut into payloads. Both may throw `MalformedError`. */
export interface PictureAssembly {
  /** Whether a payload may be the first one of a picture. */
  begins(payload: Buffer): boolean
  /** The picture of all its payloads, in order; `undefined` when nothing is to be shown. */
  assemble(payloads: readonly Buffer[]): AssembledPicture | undefined
}

/** For codecs whose pictures are one frame in many packets: VP8, VP9, AV1. A picture with a hole in it is never given. */
export class PictureDepacketizer implements Depacketizer {
  readonly #assembly: PictureAssembly
  /** Empty after a hole, and between pictures. */
  #payloads: Buffer[] = []
  #sizeBytes = 0
  /** Of the present instant, something is missing. */
  #broken = false
  #expected = -1
  #time: Ticks | undefined
  #lastTime = Number.NEGATIVE_INFINITY

  constructor(assembly: PictureAssembly) {
    this.#assembly = assembly
  }

  push(group: PacketGroup, emit: (unit: AccessUnit) => void): void {
    if (group.time !== this.#time) {
      // The marker is missing. Without a gap the picture before is whole all the same.
      if (group.packets[0]?.sequenceNumber === this.#expected) this.#finish(group.arrivedAt, emit)
      this.#restart()
      this.#time = group.time
    }
    for (const packet of group.packets) this.#take(packet)
    if (group.complete) {
      this.#finish(group.arrivedAt, emit)
      this.#restart()
    }
  }

  #take({ sequenceNumber, payload }: RtpPacket): void {
    if (sequenceNumber !== this.#expected) {
      const distance = sequenceDistance(this.#expected, sequenceNumber)
      if (this.#expected >= 0 && distance < 0 && distance >= -LATE_PACKETS_MAX) return
      if (this.#payloads.length > 0) this.#break()
    }
    this.#expected = sequenceAfter(sequenceNumber)
    if (payload.length === 0 || this.#broken) return
    const fits = this.#sizeBytes + payload.length <= PICTURE_BYTES_MAX && this.#payloads.length < PAYLOADS_MAX
    if (fits && (this.#payloads.length > 0 || this.#begins(payload))) {
      this.#payloads.push(payload)
      this.#sizeBytes += payload.length
    } else this.#break()
  }

  #begins(payload: Buffer): boolean {
    return attempt(() => this.#assembly.begins(payload)) === true
  }

  #break(): void {
    this.#restart()
    this.#broken = true
  }

  #restart(): void {
    this.#payloads = []
    this.#sizeBytes = 0
    this.#broken = false
  }

  #finish(arrivedAt: Millis, emit: (unit: AccessUnit) => void): void {
    const payloads = this.#payloads
    if (payloads.length === 0 || this.#time === undefined) return
    const picture = attempt(() => this.#assembly.assemble(payloads))
    if (picture === undefined) return
    const { keyframe, frame, configuration } = picture
    const decodingTime = ticks(Math.max(this.#time, this.#lastTime + 1))
    this.#lastTime = decodingTime
    emit(new AccessUnit({ keyframe, decodingTime, framing: 'frame', parts: [frame], configuration, arrivedAt }))
  }
}

/** What a parser says, or `undefined` when what it reads is broken. */
const attempt = <T>(parse: () => T): T | undefined => {
  try {
    return parse()
  } catch (error) {
    if (error instanceof MalformedError) return undefined
    throw error
  }
}
