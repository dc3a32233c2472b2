import type { AccessUnit } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import type { MuxedTrack, Muxer, Placed, WriteBytes } from '../muxer.ts'
import type { Display } from './boxes.ts'
import { fragmentHeader } from './fragment.ts'
import { goesIntoMp4, initializationSegment } from './initialization-segment.ts'
import { mp4MimeType, type NamedTrack } from './mime-type.ts'

/** How a fragmented MP4 is written. */
export interface Mp4MuxerOptions {
  /** Told the MIME type with its codecs, once, before the first byte. */
  readonly opened: (mimeType: string) => void
  /**
   * Where a configuration changes: `segment` writes another initialization segment, as MediaSource takes it; `in-band`
   * writes parameter sets into the sample, because a file has one `moov` and readers pass over a second.
   */
  readonly reconfigure: 'segment' | 'in-band'
  readonly display?: Display
}

/** Fragmented MP4 (ISO/IEC 14496-12 §8.8): each access unit is a fragment of its own. */
export class Mp4Muxer implements Muxer {
  readonly #options: Mp4MuxerOptions
  /** What the `moov` says of each track. */
  readonly #told = new Map<MuxedTrack, readonly Buffer[]>()
  #sequenceNumber = 0

  constructor(options: Mp4MuxerOptions) {
    this.#options = options
  }

  takes(codec: Codec): boolean {
    return goesIntoMp4(codec.name)
  }

  open(tracks: readonly MuxedTrack[], write: WriteBytes): void {
    const { reconfigure, opened, display } = this.#options
    const first = this.#told.size === 0
    if (!first && reconfigure === 'in-band') return
    const segment = initializationSegment(tracks, display)
    if (first) opened(mp4MimeType(tracks.flatMap(namedTrack)))
    for (const track of tracks) this.#told.set(track, track.configuration)
    write(segment)
  }

  unit(track: MuxedTrack, unit: AccessUnit, placed: Placed, write: WriteBytes): void {
    this.#sequenceNumber++
    const { sample, keyframe } = unit
    const sets = this.#inBand(track, unit)
    const header = fragmentHeader({
      ...placed,
      sequenceNumber: this.#sequenceNumber,
      trackId: track.id,
      sampleBytes: (sets?.length ?? 0) + sample.length,
      keyframe,
    })
    write(sets === undefined ? header : Buffer.concat([header, sets]), sample)
  }

  /** Parameter sets that the `moov` does not have, as they stand in a sample. */
  #inBand(track: MuxedTrack, { keyframe, framing, configuration }: AccessUnit): Buffer | undefined {
    if (!keyframe || framing !== 'nal' || this.#options.reconfigure === 'segment') return undefined
    const told = this.#told.get(track) ?? []
    if (configuration === told || configuration.every((set, index) => told[index]?.equals(set) === true))
      return undefined
    return Buffer.concat(configuration.flatMap(set => [lengthOf(set), set]))
  }
}

/** Each keyframe as a whole MP4 of its own, that begins at 0. */
export class KeyframeMuxer implements Muxer {
  readonly #opened: (mimeType: string) => void
  #told = false

  /** `opened` is told the MIME type, once, before the first byte. */
  constructor(opened: (mimeType: string) => void) {
    this.#opened = opened
  }

  takes(codec: Codec): boolean {
    return codec.kind === 'video' && goesIntoMp4(codec.name)
  }

  open(): void {}

  unit(track: MuxedTrack, unit: AccessUnit, { duration }: Placed, write: WriteBytes): void {
    if (!unit.keyframe) return
    const { sample, keyframe } = unit
    const alone = { codec: track.codec, configuration: track.configuration }
    const segment = initializationSegment([alone])
    if (!this.#told) this.#opened(mp4MimeType(namedTrack(alone)))
    this.#told = true
    const times = { decodeTime: 0, duration, compositionOffset: 0 }
    const numbers = { sequenceNumber: 1, trackId: 1, sampleBytes: sample.length }
    write(Buffer.concat([segment, fragmentHeader({ ...times, ...numbers, keyframe })]), sample)
  }
}

const namedTrack = ({ codec, configuration }: Omit<MuxedTrack, 'id'>): readonly NamedTrack[] =>
  goesIntoMp4(codec.name) ? [{ name: codec.name, configuration }] : []

const lengthOf = (set: Buffer): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(set.length)
  return bytes
}
