import { retain } from '../bytes/retain.ts'
import { AccessUnit } from '../core/access-unit.ts'
import type { PacketGroup } from '../core/packet-group.ts'
import { ticks } from '../runtime/units.ts'
import type { Depacketizer } from './codec-spec.ts'

/** No configuration, always the same array: see `AccessUnit.configuration`. */
const none: readonly Buffer[] = []

/**
 * For codecs whose RTP payload is one frame and nothing else: Opus (RFC 7587 §4.2), PCM and G.722 (RFC 3551 §4.5).
 * Of samples of several bytes, a last one that is cut short is left out.
 */
export class FrameDepacketizer implements Depacketizer {
  readonly #blockBytes: number
  #lastTime = Number.NEGATIVE_INFINITY

  /** `blockBytes`: a payload is made of blocks of this size, such as a sample of each channel. */
  constructor(blockBytes = 1) {
    this.#blockBytes = blockBytes
  }

  push(group: PacketGroup, emit: (unit: AccessUnit) => void): void {
    for (const { payload } of group.packets) {
      const size = payload.length - (payload.length % this.#blockBytes)
      if (size === 0) continue
      const decodingTime = ticks(Math.max(group.time, this.#lastTime + 1))
      this.#lastTime = decodingTime
      emit(
        new AccessUnit({
          keyframe: true,
          decodingTime,
          framing: 'frame',
          parts: [retain(payload.subarray(0, size))],
          configuration: none,
          arrivedAt: group.arrivedAt,
        }),
      )
    }
  }
}
