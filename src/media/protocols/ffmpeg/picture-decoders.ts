import type { Spawner } from '../../processes/spawner.ts'
import type { Clock } from '../../runtime/clock.ts'
import { ClosedError, LimitError, TimedOutError } from '../../runtime/errors.ts'
import { millis } from '../../runtime/units.ts'
import { PictureDecoder, type PictureDecoderOptions } from './picture-decoder.ts'

/** Milliseconds a decoder stays after its last picture: dashboards ask every ten seconds or so. */
const IDLE_MS_MAX = 30_000
/** Decoders at once, idle ones included: one of full HD holds some 60 MB. Beyond, the one that is idle for longest goes. */
const DECODERS_MAX = 16
/** Pictures that wait because all decoders are busy, and milliseconds each waits. */
const WAITING_MAX = 256
const WAITING_MS_MAX = 10_000

/** A picture to be made of another. */
export interface PictureJob extends Pick<PictureDecoderOptions, 'command' | 'head' | 'reader'> {
  /** Who gets it. A decoder serves one owner only: a mistake must not show one camera's picture as another's. */
  readonly owner: string
  /** As `PictureInput.kind`: a decoder of another kind for the same owner and command is replaced. */
  readonly kind: string
  readonly picture: Buffer
}

interface Place extends Pick<PictureJob, 'owner' | 'command' | 'kind'> {
  decoder: PictureDecoder | undefined
  busy: boolean
  idleSince: number
  leaving: Disposable | undefined
}

/** The decoders that run, ready for the next picture: a few at once, each kept for a while. */
export class PictureDecoders implements Disposable {
  readonly #spawner: Spawner
  readonly #clock: Clock
  /** Those that have waited longest first. */
  #waiting: readonly PromiseWithResolvers<void>[] = []
  #places: readonly Place[] = []
  #closed = false
  /** Pictures made since the start. */
  decodedCount = 0

  constructor({ spawner, clock }: { readonly spawner: Spawner; readonly clock: Clock }) {
    this.#spawner = spawner
    this.#clock = clock
  }

  /** Decoders that run now. */
  get size(): number {
    return this.#places.length
  }

  /** Makes a picture. Rejects with a `MediaError`; where a decoder that was warm has ended, a new one is asked once. */
  async decode(job: PictureJob): Promise<Buffer> {
    const place = await this.#take(job)
    const warm = place.decoder !== undefined
    try {
      return await this.#decodeAt(place, job)
    } catch (error) {
      if (!warm || this.#closed || error instanceof TimedOutError) throw error
      return await this.#decodeAt(place, job)
    } finally {
      this.#leave(place)
    }
  }

  async #decodeAt(place: Place, job: PictureJob): Promise<Buffer> {
    const { command, head, reader, picture } = job
    if (place.decoder?.usable !== true) {
      place.decoder?.close()
      const started = await PictureDecoder.start({
        ...{ spawner: this.#spawner, clock: this.#clock, command, head, reader },
      })
      if (this.#closed || !this.#places.includes(place)) {
        started.close()
        throw new ClosedError('the stream')
      }
      place.decoder = started
      void started.closed.then(() => this.#ended(place, started))
    }
    const made = await place.decoder.decode(picture)
    this.decodedCount++
    return made
  }

  async #take(job: PictureJob): Promise<Place> {
    for (;;) {
      if (this.#closed) throw new ClosedError('the engine')
      const place = this.#idleFor(job) ?? this.#newFor(job)
      if (place !== undefined) {
        place.busy = true
        place.leaving?.[Symbol.dispose]()
        return place
      }
      await this.#turn()
    }
  }

  #idleFor({ owner, command, kind }: PictureJob): Place | undefined {
    const idle = this.#places.find(one => !one.busy && one.owner === owner && one.command === command)
    if (idle === undefined || idle.kind === kind) return idle
    this.#drop(idle)
    return undefined
  }

  #newFor({ owner, command, kind }: PictureJob): Place | undefined {
    if (this.#places.length >= DECODERS_MAX) {
      const [oldest] = this.#places.filter(one => !one.busy).sort((one, other) => one.idleSince - other.idleSince)
      if (oldest === undefined) return undefined
      this.#drop(oldest)
    }
    const place: Place = { owner, command, kind, decoder: undefined, busy: false, idleSince: 0, leaving: undefined }
    this.#places = [...this.#places, place]
    return place
  }

  async #turn(): Promise<void> {
    if (this.#waiting.length >= WAITING_MAX) throw new LimitError('pictures that wait to be made', WAITING_MAX)
    const turn = Promise.withResolvers<void>()
    using _late = this.#clock.after(millis(WAITING_MS_MAX), () =>
      turn.reject(new TimedOutError('a decoder for the picture', WAITING_MS_MAX)),
    )
    this.#waiting = [...this.#waiting, turn]
    try {
      await turn.promise
    } finally {
      this.#waiting = this.#waiting.filter(one => one !== turn)
    }
  }

  #leave(place: Place): void {
    place.busy = false
    place.idleSince = this.#clock.now()
    if (place.decoder?.usable === true) place.leaving = this.#clock.after(millis(IDLE_MS_MAX), () => this.#drop(place))
    else this.#drop(place)
    this.#waiting[0]?.resolve()
  }

  #ended(place: Place, decoder: PictureDecoder): void {
    if (place.decoder === decoder && !place.busy) this.#drop(place)
  }

  #drop(place: Place): void {
    this.#places = this.#places.filter(one => one !== place)
    place.leaving?.[Symbol.dispose]()
    place.decoder?.close()
  }

  /** Ends the decoders of an owner that is gone. */
  forget(owner: string): void {
    for (const place of this.#places) if (place.owner === owner) this.#drop(place)
  }

  [Symbol.dispose](): void {
    this.#closed = true
    for (const place of this.#places) this.#drop(place)
    for (const turn of this.#waiting) turn.reject(new ClosedError('the engine'))
  }
}
