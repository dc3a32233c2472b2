import { randomInt } from 'node:crypto'
import type { Codec } from '../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../core/connection-info.ts'
import type { AnySender, Consumer } from '../core/consumer.ts'
import type { Media } from '../core/media.ts'
import type { Producer } from '../core/producer.ts'
import type { AnyTrack } from '../core/track.ts'
import type { Clock } from '../runtime/clock.ts'
import { describeError, MediaError } from '../runtime/errors.ts'
import { type CloseReason, Lifetime } from '../runtime/lifetime.ts'
import type { Logger } from '../runtime/logger.ts'
import { millis } from '../runtime/units.ts'
import type { SchemeRegistry } from './scheme-registry.ts'
import type { SourceUrl } from './source-url.ts'
import { NotServedError, type Stream } from './stream.ts'

/** Milliseconds the last sound may take to be heard before the camera is let go: go2rtc's. */
const LAST_SOUND_MS = 1000

/** Nothing in a stream listens to what should be played; `message` is go2rtc's. */
export class NobodyListensError extends MediaError {
  readonly code = 'nobody_listens'

  constructor() {
    super("can't find consumer")
  }
}

/** What playing works with. */
export interface PlayOptions {
  readonly source: SourceUrl
  readonly schemes: SchemeRegistry
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Plays a source into a stream: dials it, and has it heard by the first of the stream's sources that
 * listens. Fulfilled once it sounds; rejects with a `MediaError`.
 */
export const playInto = async (stream: Stream, options: PlayOptions): Promise<Consumer> => {
  const { source, schemes, clock, logger } = options
  const lifetime = new Lifetime()
  const producer = await schemes.dial(source, {
    ...{ clock, logger, signal: lifetime.signal },
    budget: { bytesMax: 0, bytesUsed: 0 },
    continuity: () => ({ ssrc: randomInt(2 ** 32), nextSequenceNumber: randomInt(2 ** 16) }),
    note: () => {},
  })
  const consumer = new PlayConsumer(producer, clock)
  void consumer.closed.then(() => lifetime.close())
  try {
    if (consumer.medias.length === 0) throw new NobodyListensError()
    await stream.add(consumer)
    return consumer
  } catch (error) {
    consumer.close(describeError(error))
    throw error instanceof NotServedError && error.code !== 'wrong_password' ? nobodyListens(error) : error
  }
}

/** Sources that answered and do not listen are go2rtc's `can't find consumer`; those that failed say why themselves. */
const nobodyListens = (error: NotServedError): MediaError =>
  error.negotiation.offers.some(({ state }) => state === 'failed') ? error : new NobodyListensError()

/**
 * Something that is played into a stream: a consumer that wants nothing and says what its producer
 * gives. It goes by the stream's negotiation to the first source that listens, and ends with the
 * producer, which it owns.
 */
export class PlayConsumer implements Consumer {
  readonly info: ConnectionInfo = connectionInfo({ formatName: 'play' })
  readonly medias: readonly Media[]
  readonly senders: readonly AnySender[] = []
  readonly #producer: Producer
  readonly #sounds: readonly Media[]
  readonly #lifetime = new Lifetime()

  constructor(producer: Producer, clock: Clock) {
    this.#producer = producer
    this.#sounds = producer.medias.filter(media => media.direction === 'recvonly' && media.kind === 'audio')
    const codecs = this.#sounds.flatMap(media => media.codecs)
    // go2rtc: only one track is ever played.
    this.medias = codecs.length === 0 ? [] : [{ kind: 'audio', direction: 'recvonly', codecs, id: 'play' }]
    this.#lifetime.own(producer)
    void producer.closed.then(reason => {
      this.#lifetime.own(clock.after(millis(LAST_SOUND_MS), () => this.close(reason)))
    })
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  /** It takes nothing. */
  attach(): void {}

  accepts(): boolean {
    return false
  }

  track(media: Media, codec: Codec): AnyTrack | undefined {
    if (media !== this.medias[0]) return undefined
    const isMeant = (one: Codec): boolean => one.name === codec.name && one.clockRate === codec.clockRate
    const sound = this.#sounds.find(({ codecs }) => codecs.some(isMeant))
    return sound && this.#producer.track(sound, sound.codecs.find(isMeant))
  }

  /** The sound begins once somebody listens. */
  start(): void {
    this.#producer
      .start()
      .catch(() => this.close({ code: 'play_failed', message: 'what should be played did not start' }))
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
