import { retain } from '../bytes/retain.ts'
import { AccessUnit } from '../core/access-unit.ts'
import type { PacketGroup } from '../core/packet-group.ts'
import { ticks } from '../runtime/units.ts'
import type { Depacketizer } from './codec-spec.ts'

/** No configuration, always the same array: see `AccessUnit.configuration`. */
const none: readonly Buffer[] = []

/** For codecs whose RTP payload is one frame and nothing else: Opus (RFC 7587 §4.2), G.711 (RFC 3551 §4.5.14). */
export class FrameDepacketizer implements Depacketizer {
  #lastTime = Number.NEGATIVE_INFINITY

  push(group: PacketGroup, emit: (unit: AccessUnit) => void): void {
    for (const { payload } of group.packets) {
      if (payload.length === 0) continue
      const decodingTime = ticks(Math.max(group.time, this.#lastTime + 1))
      this.#lastTime = decodingTime
      emit(
        new AccessUnit({
          keyframe: true,
          decodingTime,
          framing: 'frame',
          parts: [retain(payload)],
          configuration: none,
          arrivedAt: group.arrivedAt,
        }),
      )
    }
  }
}
