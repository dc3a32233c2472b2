import type { AccessUnit } from '../core/access-unit.ts'
import { MpegTsMuxer } from '../formats/mpegts/muxer.ts'
import type { Placed } from '../formats/muxer.ts'
import type { Lane } from './lanes.ts'

/** Ticks a second of MPEG-TS. */
const CLOCK_RATE = 90_000
/** Where a viewer's time begins: one second, so that the clock reference before it is no negative time. */
const BEGINNING = CLOCK_RATE

/** Writes a viewer's units as MPEG-TS, at their places on its time. */
export class UnitMuxer {
  readonly #muxer: MpegTsMuxer
  /** Of each track, the last decoding time. */
  readonly #last: number[]

  constructor(lanes: readonly Lane[]) {
    this.#muxer = new MpegTsMuxer(lanes.map(lane => lane.codec))
    this.#last = lanes.map(() => 0)
  }

  /** Says the tables before the next unit. */
  begin(): void {
    this.#muxer.begin()
  }

  /** As `MpegTsMuxer.write`. Decoding times always grow, and a presentation is never before its decoding. */
  write({ index, codec }: Lane, unit: AccessUnit, { decodeTime, compositionOffset }: Placed): Buffer {
    const scale = CLOCK_RATE / codec.clockRate
    const decoding = Math.max(this.#last[index]! + 1, BEGINNING + Math.round(decodeTime * scale))
    this.#last[index] = decoding
    const presentation = BEGINNING + Math.round((decodeTime + compositionOffset) * scale)
    return this.#muxer.write(index, unit, decoding, Math.max(decoding, presentation))
  }
}
