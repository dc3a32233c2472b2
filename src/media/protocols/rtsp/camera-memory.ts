import type { Clock } from '../../runtime/clock.ts'

/** Sources that are remembered; the one that was added first is forgotten for a new one. */
const SOURCES_MAX = 4096
/** Milliseconds after which a camera is asked anew what it refused: its firmware or somebody else's session may be why. */
const REFUSAL_MS_MAX = 60 * 60 * 1000

/** Medias of one camera that are remembered: real ones have two to four. */
const MEDIAS_MAX = 32

/** What carries the media: TCP inside the connection, or UDP beside it. */
export type Lower = 'tcp' | 'udp'

/** What one source taught us, so that its next dial need not find out again. */
export class CameraMemory {
  #lower: { readonly value: Lower; readonly at: number } | undefined
  #backchannelRefusedAt: number | undefined
  /** By media: what the camera says, and what it sends. */
  readonly #mislabelled = new Map<string, { readonly announced: string; readonly seen: string }>()

  /** What worked instead of what the source asks for. */
  lower(clock: Clock): Lower | undefined {
    return this.#lower !== undefined && isFresh(this.#lower.at, clock) ? this.#lower.value : undefined
  }

  useLower(value: Lower, clock: Clock): void {
    this.#lower = { value, at: clock.now() }
  }

  /** Whether the camera does not answer when it is asked for its backchannel. */
  refusesBackchannel(clock: Clock): boolean {
    return this.#backchannelRefusedAt !== undefined && isFresh(this.#backchannelRefusedAt, clock)
  }

  backchannelRefused(clock: Clock): void {
    this.#backchannelRefusedAt = clock.now()
  }

  /** What a media really is of which the camera says that it is this; `undefined` when that is true. */
  realCodec(mediaId: string, announced: string): string | undefined {
    const known = this.#mislabelled.get(mediaId)
    return known?.announced === announced ? known.seen : undefined
  }

  /** A media that was taken for one codec turned out to be another. */
  sawCodec(mediaId: string, takenFor: string, seen: string): void {
    const known = this.#mislabelled.get(mediaId)
    const announced = known?.seen === takenFor ? known.announced : takenFor
    // It is again what the camera says.
    if (announced === seen) this.#mislabelled.delete(mediaId)
    else if (known !== undefined || this.#mislabelled.size < MEDIAS_MAX)
      this.#mislabelled.set(mediaId, { announced, seen })
  }
}

/** What each source taught us, as long as the engine runs. */
export class CameraMemories {
  readonly #bySource = new Map<string, CameraMemory>()

  /** The memory of one source: the same one each time. */
  of(source: string): CameraMemory {
    const known = this.#bySource.get(source)
    if (known !== undefined) return known
    const memory = new CameraMemory()
    const [first] = this.#bySource.keys()
    if (this.#bySource.size >= SOURCES_MAX && first !== undefined) this.#bySource.delete(first)
    this.#bySource.set(source, memory)
    return memory
  }
}

const isFresh = (at: number, clock: Clock): boolean => clock.now() - at < REFUSAL_MS_MAX
