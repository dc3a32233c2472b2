import { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import { Track, type UnitTrack } from '#media/core/track.ts'
import { millis, ticks } from '#media/runtime/units.ts'

/** What most cameras' speakers take. */
export const pcmu: Codec = { kind: 'audio', name: 'PCMU', clockRate: 8000, channels: 1, formatParameters: '' }

/** Somebody with a microphone. */
export class Voice {
  readonly track: UnitTrack
  #time = 0

  constructor(codec = pcmu) {
    this.track = new Track({ form: 'units', codec, budget: { bytesMax: 0, bytesUsed: 0 } })
  }

  /** Says 20 ms of one sample. */
  say(sample: number, size = 160): void {
    this.track.push(
      new AccessUnit({
        keyframe: true,
        decodingTime: ticks(this.#time),
        framing: 'frame',
        parts: [Buffer.alloc(size, sample)],
        configuration: [],
        arrivedAt: millis(0),
      }),
    )
    this.#time += size
  }

  /** Says nothing for a while. */
  pause(ms: number): void {
    this.#time += ms * 8
  }
}
