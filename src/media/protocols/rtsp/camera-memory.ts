import type { Clock } from '../../runtime/clock.ts'

/** Sources that are remembered; the one that was added first is forgotten for a new one. */
const SOURCES_MAX = 4096
/** Milliseconds after which a camera is asked anew what it refused: its firmware or somebody else's session may be why. */
const REFUSAL_MS_MAX = 60 * 60 * 1000

/** What carries the media: TCP inside the connection, or UDP beside it. */
export type Lower = 'tcp' | 'udp'

/** What one source taught us, so that its next dial need not find out again. */
export class CameraMemory {
  #lower: { readonly value: Lower; readonly at: number } | undefined
  #backchannelRefusedAt: number | undefined
  readonly #codecNames = new Map<string, string>()

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

  /** What a media's payload really is, where that is not what the camera says: by what the camera says, and its name. */
  codecName(mediaId: string, announced: string): string | undefined {
    return this.#codecNames.get(keyOf(mediaId, announced))
  }

  useCodecName(mediaId: string, announced: string, seen: string): void {
    if (seen === announced) this.#codecNames.delete(keyOf(mediaId, announced))
    else this.#codecNames.set(keyOf(mediaId, announced), seen)
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

const keyOf = (mediaId: string, announced: string): string => `${announced} ${mediaId}`
