import type { Codec } from '../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../core/connection-info.ts'
import type { Producer } from '../core/producer.ts'
import type { ContainerUnit, Demuxer, DemuxerFactory, DemuxerSink } from '../formats/demuxer.ts'
import { ProbingDemuxer } from '../formats/probe.ts'
import { ClosedError, describeError, MediaError } from '../runtime/errors.ts'
import { type Closeable, type CloseReason, done, Lifetime } from '../runtime/lifetime.ts'
import { type Millis, millis } from '../runtime/units.ts'
import type { DialContext } from '../streams/scheme.ts'
import { type ByteFlow, ContainerProducer } from './container-producer.ts'

/** Bytes and milliseconds in which what flows must be found out: go2rtc's. */
const PROBE_BYTES_MAX = 5 * 1024 * 1024
const PROBE_MS_MAX = 5000
/** Milliseconds between two looks at whether bytes still come. */
const SILENCE_CHECK_MS = 500

/** What can be wrong with a stream of bytes. */
export type ByteStreamErrorCode = 'no_media' | 'silent' | 'ended'

/** Bytes that bring no media, or no longer. */
export class ByteStreamError extends MediaError {
  readonly code: ByteStreamErrorCode

  constructor(code: ByteStreamErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** Where the bytes come from, and what is known of them. */
export interface ByteStreamOptions {
  readonly context: Pick<DialContext, 'clock' | 'budget' | 'signal' | 'continuity'>
  /** What the producer tells of its connection; the format's name is found out unless it is said. */
  readonly info: Partial<Parameters<typeof connectionInfo>[0]>
  /** Default: found out by the first bytes. */
  readonly format?: DemuxerFactory
  /** Without bytes for longer, the other side counts as gone; not while it was asked to wait. Default: it may be silent. */
  readonly silenceMsMax?: number
  /** Asked to wait until the start, and while enough waits. Default: nobody can wait. */
  readonly flow?: ByteFlow
  /** Gives each unit at its time instead of as it comes. Default: as it comes. */
  readonly paced?: boolean
}

/**
 * Bytes of an unknown format on their way to a producer. Whoever owns the bytes pushes them and says
 * when they end; `opened` tells when there is a producer, whose end is then also the end of this.
 */
export class ByteStream implements Closeable {
  readonly #options: ByteStreamOptions
  readonly #lifetime = new Lifetime()
  readonly #opened = Promise.withResolvers<Producer>()
  readonly #demuxer: Demuxer
  #producer: ContainerProducer | undefined
  #probe: Disposable | undefined
  #bytes = 0
  #bytesSeen = 0
  #lastBytesAt: Millis

  constructor(options: ByteStreamOptions) {
    const { clock, signal } = options.context
    this.#options = options
    const sink: DemuxerSink = { tracks: codecs => this.#open(codecs), unit: unit => this.#unit(unit) }
    this.#demuxer = options.format?.(sink) ?? new ProbingDemuxer(sink)
    this.#lastBytesAt = clock.now()
    // Whoever gave up listening is not to be told by an unhandled rejection.
    this.#opened.promise.catch(() => {})
    const abort = (): void => this.#fail(new ClosedError('the dial'))
    signal.addEventListener('abort', abort, { once: true })
    void this.#opened.promise.finally(() => signal.removeEventListener('abort', abort)).catch(() => {})
    this.#lifetime.defer(() => {
      this.#probe?.[Symbol.dispose]()
      this.#opened.reject(new ClosedError('the stream of bytes'))
    })
    if (options.silenceMsMax !== undefined) this.#watchSilence(options.silenceMsMax)
    if (signal.aborted) abort()
  }

  /** The producer, not started yet. Rejects with a `MediaError` when what comes cannot be played. */
  get opened(): Promise<Producer> {
    return this.#opened.promise
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  /** Takes the next bytes, which must not change afterwards. Never throws. */
  push(chunk: Buffer): void {
    if (this.#lifetime.ended) return
    this.#bytes += chunk.length
    if (this.#producer !== undefined) this.#producer.info.bytesReceived = this.#bytes
    this.#probe ??= this.#options.context.clock.after(millis(PROBE_MS_MAX), () => this.#settle())
    this.#guard(() => this.#demuxer.push(chunk))
    if (this.#producer === undefined && this.#bytes >= PROBE_BYTES_MAX) this.#settle()
  }

  /** No more bytes follow: what has come is still played. */
  end(reason: CloseReason): void {
    if (this.#lifetime.ended) return
    this.#guard(() => this.#demuxer.end())
    if (this.#producer === undefined) {
      this.#fail(new ByteStreamError('no_media', `it ended before there was anything to play: ${reason.message}`))
    } else {
      this.#producer.finish(reason)
    }
  }

  close(reason: CloseReason = done): void {
    if (this.#producer === undefined) this.#lifetime.close(reason)
    else this.#producer.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #guard(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#opened.reject(error)
    this.close(describeError(error))
  }

  #settle(): void {
    if (this.#lifetime.ended || this.#producer !== undefined) return
    this.#guard(() => this.#demuxer.settle())
    if (this.#producer === undefined)
      this.#fail(new ByteStreamError('no_media', 'nothing that can be played was found in what came first'))
  }

  #open(codecs: readonly Codec[]): void {
    if (codecs.length === 0 || this.#lifetime.ended) return
    const { context, flow, paced } = this.#options
    const producer = new ContainerProducer({
      codecs,
      info: this.#info(),
      clock: context.clock,
      budget: context.budget,
      continuity: (kind, index) => context.continuity(kind, index),
      ...(flow && { flow }),
      ...(paced && { paced }),
    })
    this.#producer = producer
    this.#probe?.[Symbol.dispose]()
    void producer.closed.then(reason => this.#lifetime.close(reason))
    this.#opened.resolve(producer)
  }

  #info(): ConnectionInfo {
    const info = connectionInfo({ formatName: this.#demuxer.formatName, ...this.#options.info })
    info.bytesReceived = this.#bytes
    return info
  }

  #unit(unit: ContainerUnit): void {
    this.#producer?.unit(unit)
  }

  #watchSilence(silenceMsMax: number): void {
    const { clock } = this.#options.context
    const look = (): void => {
      const now = clock.now()
      if (this.#bytes !== this.#bytesSeen || this.#producer?.holding === true) this.#lastBytesAt = now
      else if (now - this.#lastBytesAt >= silenceMsMax)
        this.#fail(new ByteStreamError('silent', `nothing has come for ${silenceMsMax / 1000} s`))
      this.#bytesSeen = this.#bytes
    }
    this.#lifetime.own(clock.every(millis(SILENCE_CHECK_MS), look))
  }
}
