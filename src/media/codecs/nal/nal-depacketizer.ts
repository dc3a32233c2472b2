import { AccessUnit } from '../../core/access-unit.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { RtpPacket } from '../../rtp/rtp-packet.ts'
import { sequenceAfter, sequenceDistance } from '../../rtp/sequence-number.ts'
import { type Millis, millis, type Ticks, ticks } from '../../runtime/units.ts'
import type { Depacketizer } from '../codec-spec.ts'
import type { NalSyntax } from './nal-syntax.ts'
import { ParameterSets } from './parameter-sets.ts'
import { UnitBuilder } from './unit-builder.ts'

/** Packets by which one may come late: RFC 3550 §A.1's MAX_MISORDER. Beyond, the sender has started over. */
const LATE_PACKETS_MAX = 100

/** RTP packets to access units, for the codecs made of NAL units. */
export class NalDepacketizer implements Depacketizer {
  readonly #syntax: NalSyntax
  readonly #parameterSets: ParameterSets
  readonly #builder: UnitBuilder
  #expected = -1
  #time: Ticks | undefined
  #arrivedAt: Millis = millis(0)
  #lastDecodingTime = Number.NEGATIVE_INFINITY

  /** `known` are parameter sets told beforehand. */
  constructor(syntax: NalSyntax, known: readonly Buffer[]) {
    this.#syntax = syntax
    this.#parameterSets = new ParameterSets(syntax, known)
    this.#builder = new UnitBuilder(syntax, this.#parameterSets)
  }

  push(group: PacketGroup, emit: (unit: AccessUnit) => void): void {
    if (group.time !== this.#time) {
      // The marker is missing. Without a gap the unit before is whole all the same.
      if (group.packets[0]?.sequenceNumber === this.#expected) this.#finish(emit)
      else this.#builder.reset()
      this.#time = group.time
    }
    this.#arrivedAt = group.arrivedAt
    for (const packet of group.packets) this.#take(packet)
    // Parameter sets with a marker of their own are not a unit: the picture is still to come.
    if (group.complete && this.#builder.hasPicture) this.#finish(emit)
  }

  #take(packet: RtpPacket): void {
    const { sequenceNumber, payload } = packet
    if (sequenceNumber !== this.#expected) {
      const distance = sequenceDistance(this.#expected, sequenceNumber)
      const late = this.#expected >= 0 && distance < 0 && distance >= -LATE_PACKETS_MAX
      if (late) return
      this.#builder.gap()
    }
    this.#expected = sequenceAfter(sequenceNumber)
    if (payload.length > 0) this.#syntax.unpack(payload, this.#builder)
  }

  #finish(emit: (unit: AccessUnit) => void): void {
    const built = this.#builder.take()
    const { configuration } = this.#parameterSets
    if (built === undefined || configuration.length === 0 || this.#time === undefined) return
    const time = this.#time
    // RTP carries presentation times in decoding order: where they go back, there are B-pictures.
    const decodingTime = ticks(Math.max(time, this.#lastDecodingTime + 1))
    this.#lastDecodingTime = decodingTime
    emit(
      new AccessUnit({
        keyframe: built.keyframe,
        decodingTime,
        compositionOffset: time - decodingTime,
        framing: 'nal',
        parts: built.parts,
        sample: built.sample,
        configuration,
        arrivedAt: this.#arrivedAt,
      }),
    )
  }
}
