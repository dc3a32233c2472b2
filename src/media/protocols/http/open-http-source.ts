import { Agent, type IncomingMessage } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import type { Producer } from '../../core/producer.ts'
import type { DemuxerFactory } from '../../formats/demuxer.ts'
import { G711Demuxer } from '../../formats/g711/demuxer.ts'
import { MjpegDemuxer } from '../../formats/mjpeg/demuxer.ts'
import { MultipartDemuxer } from '../../formats/mjpeg/multipart-demuxer.ts'
import { MpegTsDemuxer } from '../../formats/mpegts/demuxer.ts'
import { ByteStream, type ByteStreamOptions } from '../../ingest/byte-stream.ts'
import { type HttpAnswer, HttpClient } from '../../net/http-client.ts'
import { describeError } from '../../runtime/errors.ts'
import type { CloseReason } from '../../runtime/lifetime.ts'
import type { DialContext } from '../../streams/scheme.ts'
import { FlowGate, pumpBody } from './body-pump.ts'
import { HlsReader } from './hls-reader.ts'
import { httpSourceErrors } from './http-errors.ts'
import type { HttpSource } from './http-source.ts'
import { pollSnapshots } from './snapshot-polling.ts'

/** Milliseconds for connecting and for the head of an answer: go2rtc's. */
const TIMEOUT_MS = 5000
/** Milliseconds without bytes after which the camera counts as gone: some send an image each few seconds. */
const SILENCE_MS_MAX = 15_000
/** The same where media come in segments: they are up to 10 s long. */
const HLS_SILENCE_MS_MAX = 30_000

/** A playlist of HLS; the first is RFC 8216's, the others are older. */
const playlistTypes: ReadonlySet<string> = new Set([
  'application/vnd.apple.mpegurl',
  'application/x-mpegurl',
  'audio/mpegurl',
  'audio/x-mpegurl',
])

/** Opens an HTTP source: by what the answer says it is, or else by its first bytes. Rejects with a `MediaError`. */
export const openHttpSource = async (
  source: HttpSource,
  context: DialContext,
  userAgent: string,
): Promise<Producer> => {
  const agents = { plain: new Agent({ keepAlive: true }), tls: new TlsAgent({ keepAlive: true }) }
  const abort = new AbortController()
  const client = new HttpClient({
    clock: context.clock,
    signal: AbortSignal.any([context.signal, abort.signal]),
    timeoutMs: TIMEOUT_MS,
    headers: [['User-Agent', userAgent], ...source.headers],
    unverified: source.unverified,
    agents,
    ...(source.credentials && { credentials: source.credentials }),
  })
  const end = (): void => {
    abort.abort()
    agents.plain.destroy()
    agents.tls.destroy()
  }
  try {
    const answer = await client.get(source.url)
    noteRedirect(source.url, answer.url, context)
    const opened = new HttpOpening(answer, client, context, userAgent)
    const producer = await opened.open()
    void producer.closed.then(end)
    return producer
  } catch (error) {
    end()
    throw error
  }
}

/** One answer on its way to a producer. */
class HttpOpening {
  readonly #answer: HttpAnswer
  readonly #client: HttpClient
  readonly #context: DialContext
  readonly #userAgent: string
  readonly #gate = new FlowGate()

  constructor(answer: HttpAnswer, client: HttpClient, context: DialContext, userAgent: string) {
    this.#answer = answer
    this.#client = client
    this.#context = context
    this.#userAgent = userAgent
  }

  open(): Promise<Producer> {
    const { body, url } = this.#answer
    const type = contentType(body)
    if (playlistTypes.has(type) || url.pathname.endsWith('.m3u8')) return this.#openHls()
    if (type === 'image/jpeg') return this.#openSnapshots()
    if (type === 'multipart/x-mixed-replace') return this.#openBody(into => new MultipartDemuxer(into))
    if (type === 'audio/basic') return this.#openBody(into => new G711Demuxer(into))
    return this.#openBody()
  }

  /** A body that knows its length is a recording: it is played at its own pace. */
  #openBody(format?: DemuxerFactory): Promise<Producer> {
    const { body } = this.#answer
    const paced = format === undefined && body.headers['content-length'] !== undefined
    const stream = this.#stream({ paced, silenceMsMax: SILENCE_MS_MAX, ...(format && { format }) })
    this.#overWith(stream).addEventListener('abort', () => body.destroy(), { once: true })
    void pumpBody(body, this.#gate, chunk => stream.push(chunk)).then(
      () => stream.end(describeError(httpSourceErrors.ended())),
      (error: unknown) => stream.end(describeError(httpSourceErrors.brokenOff(error))),
    )
    return stream.opened
  }

  #openSnapshots(): Promise<Producer> {
    const { url } = this.#answer
    const stream = this.#stream({
      format: into => new MjpegDemuxer(into),
      name: 'image',
      silenceMsMax: SILENCE_MS_MAX,
    })
    const run = pollSnapshots(this.#answer, {
      client: this.#client,
      url,
      clock: this.#context.clock,
      gate: this.#gate,
      push: image => stream.push(image),
      over: this.#overWith(stream),
    })
    void run.then(reason => stream.end(reason))
    return stream.opened
  }

  async #openHls(): Promise<Producer> {
    const stream = this.#stream({
      format: into => new MpegTsDemuxer(into),
      name: 'hls/mpegts',
      paced: true,
      silenceMsMax: HLS_SILENCE_MS_MAX,
    })
    try {
      const opening = HlsReader.open(this.#answer, {
        client: this.#client,
        clock: this.#context.clock,
        gate: this.#gate,
        push: chunk => stream.push(chunk),
        over: this.#overWith(stream),
      })
      // A playlist that comes byte by byte, and never whole, is silence too.
      const reader = await Promise.race([opening, stream.opened.then(() => opening)])
      void reader.run().then((reason: CloseReason) => stream.end(reason))
    } catch (error) {
      stream.close(describeError(error))
      throw error
    }
    return stream.opened
  }

  #stream(how: Pick<ByteStreamOptions, 'format' | 'paced' | 'silenceMsMax'> & { readonly name?: string }): ByteStream {
    const { name, ...options } = how
    return new ByteStream({
      context: this.#context,
      info: {
        protocol: 'http',
        remoteAddress: this.#answer.remoteAddress,
        userAgent: this.#userAgent,
        ...(name !== undefined && { formatName: name }),
      },
      flow: this.#gate,
      ...options,
    })
  }

  /** Aborts with the stream; a reader that waits at the gate is let through to see it. */
  #overWith(stream: ByteStream): AbortSignal {
    const over = new AbortController()
    void stream.closed.then(() => {
      over.abort()
      this.#gate.resume()
    })
    return over.signal
  }
}

const contentType = (body: IncomingMessage): string =>
  (body.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()

/** A path may hold a token, so only hosts are told. */
const noteRedirect = (from: URL, to: URL, context: DialContext): void => {
  if (to.href === from.href) return
  context.note({
    code: 'redirected',
    message: `the camera sent us on from ${from.host} to ${to.host}`,
    details: { from: from.host, to: to.host },
  })
}
