import { plainJpeg } from '../../codecs/jpeg/plain-jpeg.ts'
import type { Consumer } from '../../core/consumer.ts'
import { type Keyframe, keyframeConsumer } from '../../output/keyframe-consumer.ts'
import type { Clock } from '../../runtime/clock.ts'
import { ClosedError, MediaError } from '../../runtime/errors.ts'
import { millis } from '../../runtime/units.ts'
import type { FfmpegTemplates } from './ffmpeg-templates.ts'
import type { HardwareProbe } from './hardware-probe.ts'
import type { PictureDecoders } from './picture-decoders.ts'
import { pictureInput } from './picture-input.ts'
import { PictureMemory } from './picture-memory.ts'
import { jpegPictures } from './picture-readers.ts'
import { type SnapshotChange, snapshotCommand } from './snapshot-command.ts'

/** Milliseconds in which a keyframe must come, with the dial: Home Assistant waits for ten seconds, and cameras save keyframes. */
const KEYFRAME_MS_MAX = 15_000

/** Somebody who wants a picture. */
export interface SnapshotRequest {
  readonly change: SnapshotChange
  /** Milliseconds a picture may be old that was made before. Default 0: only one of the newest keyframe. */
  readonly ageMsMax?: number
  readonly remoteAddress: string
  readonly userAgent: string
  /** Aborts when nobody wants it any more. */
  readonly signal: AbortSignal
}

/** A picture of a stream. */
export interface Snapshot {
  /** A whole JPEG file; shared, and not to be written to. */
  readonly jpeg: Buffer
}

/** No keyframe came, or the stream ended before one did. */
export class NoPictureError extends MediaError {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** What snapshots are made with. */
export interface SnapshotsOptions {
  readonly clock: Clock
  readonly decoders: PictureDecoders
  readonly templates: FfmpegTemplates
  readonly hardware: Pick<HardwareProbe, 'detect'>
  /** Feeds a viewer from a stream, by its id; rejects as viewers are refused. */
  readonly watch: (streamId: string, viewer: Consumer) => Promise<void>
  /** Whether there is a stream of this id. */
  readonly exists: (streamId: string) => boolean
}

/** A picture that is being made, for everybody who asks meanwhile. */
interface Flight {
  readonly result: Promise<Snapshot>
  readonly abort: AbortController
  waitingCount: number
}

/**
 * Pictures of streams. However many ask for the same one at the same time, it is made once; and it is made again only
 * when the stream has a newer keyframe.
 */
export class Snapshots {
  readonly #options: SnapshotsOptions
  readonly #memory = new PictureMemory()
  readonly #flights = new Map<string, Flight>()

  constructor(options: SnapshotsOptions) {
    this.#options = options
  }

  /** The newest keyframe of a stream as a JPEG. Rejects with a `MediaError`. */
  async take(streamId: string, request: SnapshotRequest): Promise<Snapshot> {
    const key = `${streamId}\n${changeKey(request.change)}`
    const known = this.#memory.get(key)
    const { ageMsMax = 0 } = request
    if (known !== undefined && this.#options.clock.now() - known.seenAt < ageMsMax) return { jpeg: known.jpeg }
    const flight = this.#flights.get(key) ?? this.#begin(streamId, key, request)
    return this.#wait(flight, request.signal)
  }

  /** A picture is given up when everybody has left who waited for it. */
  async #wait(flight: Flight, signal: AbortSignal): Promise<Snapshot> {
    const left = Promise.withResolvers<never>()
    const leave = (): void => left.reject(new ClosedError('the request'))
    flight.waitingCount++
    signal.addEventListener('abort', leave, { once: true })
    if (signal.aborted) leave()
    try {
      return await Promise.race([flight.result, left.promise])
    } finally {
      signal.removeEventListener('abort', leave)
      if (--flight.waitingCount === 0) flight.abort.abort()
    }
  }

  #begin(streamId: string, key: string, request: SnapshotRequest): Flight {
    const abort = new AbortController()
    const result = this.#make(streamId, key, { ...request, signal: abort.signal })
    const flight: Flight = { result, abort, waitingCount: 0 }
    this.#flights.set(key, flight)
    const end = (): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    }
    result.then(end, end)
    // Whoever comes after the last one has left begins anew.
    abort.signal.addEventListener('abort', end, { once: true })
    return flight
  }

  async #make(streamId: string, key: string, request: SnapshotRequest): Promise<Snapshot> {
    const keyframe = await this.#keyframe(streamId, request)
    const id = keyframeId(keyframe)
    const known = this.#memory.get(key)
    const jpeg = known?.keyframe === id ? known.jpeg : await this.#picture(streamId, keyframe, request.change)
    this.#memory.prune(one => this.#options.exists(one.slice(0, one.lastIndexOf('\n'))))
    if (this.#options.exists(streamId)) this.#memory.set(key, { jpeg, keyframe: id, seenAt: this.#options.clock.now() })
    return { jpeg }
  }

  async #keyframe(streamId: string, { signal, ...who }: SnapshotRequest): Promise<Keyframe> {
    const { clock, watch } = this.#options
    const found = Promise.withResolvers<Keyframe>()
    const { remoteAddress, userAgent } = who
    using consumer = keyframeConsumer({ remoteAddress, userAgent, taken: found.resolve }, { clock })
    using _late = clock.after(millis(KEYFRAME_MS_MAX), () =>
      consumer.close({ code: 'no_keyframe', message: `no keyframe came in ${KEYFRAME_MS_MAX / 1000} s` }),
    )
    const leave = (): void => consumer.close()
    signal.addEventListener('abort', leave, { once: true })
    // What refuses the viewer says more than its end, which comes of it a moment before.
    void consumer.closed.then(({ code, message }) =>
      setImmediate(() => found.reject(new NoPictureError(code, message))),
    )
    const watched = watch(streamId, consumer)
    try {
      return await Promise.race([watched.then(() => found.promise), found.promise])
    } finally {
      signal.removeEventListener('abort', leave)
      watched.catch(() => {})
    }
  }

  async #picture(owner: string, keyframe: Keyframe, change: SnapshotChange): Promise<Buffer> {
    if (keyframe.codec.name === 'JPEG') return plainJpeg(keyframe.unit.sample)
    const { decoders, templates, hardware } = this.#options
    const { codec, kind, head, picture } = pictureInput(keyframe)
    const detected = change.hardware === '' ? await hardware.detect('mjpeg') : 'software'
    const command = snapshotCommand(codec, change, templates, detected)
    return decoders.decode({ owner, kind, head, picture, command, reader: jpegPictures })
  }

  /** Forgets the pictures of a stream that is gone, or is another one now. */
  forget(streamId: string): void {
    this.#memory.prune(key => key.slice(0, key.lastIndexOf('\n')) !== streamId)
    this.#options.decoders.forget(streamId)
  }
}

const changeKey = ({ width, height, rotate, hardware }: SnapshotChange): string =>
  [width, height, rotate, hardware].join('/')

/** Arrival is the engine's monotonic time with its fractions: no two keyframes of a stream share all of this. */
const keyframeId = ({ unit: { arrivedAt, decodingTime, sizeBytes } }: Keyframe): string =>
  `${arrivedAt}/${decodingTime}/${sizeBytes}`
