import type { Codec } from '../core/codec.ts'
import type { ContainerUnit, DemuxerSink } from './demuxer.ts'

/** Bytes of units that wait until it is known what flows: as much as a probe may read. Beyond, what is known must do. */
const WAITING_BYTES_MAX = 5 * 1024 * 1024

/** A unit whose track has no number yet. */
export type UnplacedUnit = Omit<ContainerUnit, 'track'>

/** One elementary stream of a container, from its announcement on. */
export interface GatheredStream {
  /** It has shown what it is. Only the first telling counts. */
  known(codec: Codec): void
  /** Its next unit. Waits until the tracks are told; gone when it is none of them. */
  unit(unit: UnplacedUnit): void
}

interface Gathered {
  codec: Codec | undefined
  track: number | undefined
}

/**
 * Waits until every announced stream of a container has shown its codec, and then tells the tracks:
 * video first. Units that come before wait, so that no keyframe is lost.
 */
export class TrackGathering {
  readonly #into: DemuxerSink
  readonly #streams: Gathered[] = []
  #waiting: { readonly stream: Gathered; readonly unit: UnplacedUnit }[] = []
  #waitingBytes = 0
  #settled = false

  constructor(into: DemuxerSink) {
    this.#into = into
  }

  /** Whether the tracks have been told. */
  get settled(): boolean {
    return this.#settled
  }

  /** Whether every announced stream is known, and there is one. */
  get complete(): boolean {
    return this.#streams.length > 0 && this.#streams.every(({ codec }) => codec !== undefined)
  }

  /** Announces a stream. After the tracks are told it can be none of them. */
  announce(): GatheredStream {
    const stream: Gathered = { codec: undefined, track: undefined }
    if (!this.#settled) this.#streams.push(stream)
    return {
      known: codec => {
        stream.codec ??= codec
      },
      unit: unit => this.#unit(stream, unit),
    }
  }

  /** Tells the tracks that are known by now, and gives what has waited for it. Does nothing the second time. */
  settle(): void {
    if (this.#settled) return
    this.#settled = true
    const known = this.#streams.filter(({ codec }) => codec !== undefined)
    const ordered = [...known.filter(isVideo), ...known.filter(stream => !isVideo(stream))]
    for (const [track, stream] of ordered.entries()) stream.track = track
    this.#into.tracks(ordered.map(({ codec }) => codec!))
    const waiting = this.#waiting
    this.#waiting = []
    for (const { stream, unit } of waiting) this.#give(stream, unit)
  }

  #unit(stream: Gathered, unit: UnplacedUnit): void {
    if (this.#settled) {
      this.#give(stream, unit)
      return
    }
    this.#waiting.push({ stream, unit })
    for (const part of unit.parts) this.#waitingBytes += part.length
    if (this.#waitingBytes > WAITING_BYTES_MAX) this.settle()
  }

  #give({ track }: Gathered, unit: UnplacedUnit): void {
    if (track !== undefined) this.#into.unit({ ...unit, track })
  }
}

const isVideo = ({ codec }: Gathered): boolean => codec?.kind === 'video'
