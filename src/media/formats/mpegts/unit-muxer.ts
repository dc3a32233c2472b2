import type { AccessUnit } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import type { MuxedTrack, Muxer, Placed, WriteBytes } from '../muxer.ts'
import { MpegTsMuxer } from './muxer.ts'
import { goesIntoMpegTs } from './written-codecs.ts'

/** Ticks a second of MPEG-TS. */
const CLOCK_RATE = 90_000
/** Where a viewer's time begins: one second, so that the clock reference before it is no negative time. */
const BEGINNING = CLOCK_RATE

/** Writes a viewer's units as MPEG-TS, at their places on its time. */
export class UnitMuxer {
  readonly #muxer: MpegTsMuxer
  /** Of each track, the last decoding time. */
  readonly #last: number[]

  constructor(tracks: readonly MuxedTrack[]) {
    this.#muxer = new MpegTsMuxer(tracks.map(track => track.codec))
    this.#last = tracks.map(() => 0)
  }

  /** Says the tables before the next unit. */
  begin(): void {
    this.#muxer.begin()
  }

  /** As `MpegTsMuxer.write`. Decoding times always grow, and a presentation is never before its decoding. */
  write({ id, codec }: MuxedTrack, unit: AccessUnit, { decodeTime, compositionOffset }: Placed): Buffer {
    const index = id - 1
    const scale = CLOCK_RATE / codec.clockRate
    const decoding = Math.max(this.#last[index]! + 1, BEGINNING + Math.round(decodeTime * scale))
    this.#last[index] = decoding
    const presentation = BEGINNING + Math.round((decodeTime + compositionOffset) * scale)
    return this.#muxer.write(index, unit, decoding, Math.max(decoding, presentation))
  }
}

/** MPEG-TS without an end. */
export class MpegTsStreamMuxer implements Muxer {
  readonly #opened: () => void
  #muxer: UnitMuxer | undefined

  /** `opened` is called once, before the first byte. */
  constructor(opened: () => void) {
    this.#opened = opened
  }

  takes({ name }: Codec): boolean {
    return goesIntoMpegTs(name)
  }

  /** Another configuration is in the pictures themselves. */
  open(tracks: readonly MuxedTrack[]): void {
    if (this.#muxer !== undefined) return
    this.#muxer = new UnitMuxer(tracks)
    this.#opened()
  }

  unit(track: MuxedTrack, unit: AccessUnit, placed: Placed, write: WriteBytes): void {
    const packets = this.#muxer?.write(track, unit, placed)
    if (packets !== undefined && packets.length > 0) write(packets)
  }
}
