import { readBody } from '../../net/http-body.ts'
import type { HttpAnswer, HttpClient } from '../../net/http-client.ts'
import type { Clock } from '../../runtime/clock.ts'
import { describeError } from '../../runtime/errors.ts'
import type { CloseReason } from '../../runtime/lifetime.ts'
import type { Millis } from '../../runtime/units.ts'
import { type FlowGate, pumpBody, waitUntilOver } from './body-pump.ts'
import { type HlsPlaylist, type HlsSegment, parseHlsPlaylist } from './hls-playlist.ts'
import { httpSourceErrors } from './http-errors.ts'

/** Bytes of a playlist: a day of segments has some 2 MB. */
const PLAYLIST_BYTES_MAX = 4 * 1024 * 1024
/** How deep playlists may lead to others: a master leads to media. */
const PLAYLISTS_MAX = 3
/** Segments from the end at which a live playlist is begun (RFC 8216 §6.3.3). */
const LIVE_SEGMENTS = 3
/** Segments or playlists in a row that may fail. */
const FAILURES_MAX = 3
/** Milliseconds before something that failed is tried again. */
const FAILURE_PAUSE_MS = 1000

type MediaPlaylist = Extract<HlsPlaylist, { readonly kind: 'media' }>

/** What a reader works with. */
export interface HlsReaderOptions {
  readonly client: Pick<HttpClient, 'get'>
  readonly clock: Clock
  readonly gate: FlowGate
  readonly push: (chunk: Buffer) => void
  /** Aborts when it is over. */
  readonly over: AbortSignal
}

/** Reads the segments of an HLS stream one after another (RFC 8216 §6.3), for as long as the playlist grows. */
export class HlsReader {
  readonly #options: HlsReaderOptions
  #url: URL
  #next: number | undefined
  #failures = 0
  #loadedAt: Millis

  private constructor(url: URL, options: HlsReaderOptions) {
    this.#url = url
    this.#options = options
    this.#loadedAt = options.clock.now()
  }

  /** Begins with the answer that a playlist came in. Rejects with a `MediaError` when it leads nowhere. */
  static async open(
    answer: HttpAnswer,
    options: HlsReaderOptions,
  ): Promise<{ readonly run: () => Promise<CloseReason> }> {
    const reader = new HlsReader(answer.url, options)
    const playlist = await reader.#follow(answer)
    return { run: () => reader.#run(playlist) }
  }

  /** From a master to its best variant. */
  async #follow(first: HttpAnswer): Promise<MediaPlaylist> {
    let answer = first
    for (let depth = 0; depth < PLAYLISTS_MAX; depth++) {
      const playlist = await readPlaylist(answer)
      this.#url = answer.url
      if (playlist.kind === 'media') {
        if (playlist.unsupported !== undefined) throw httpSourceErrors.hlsNotSupported(playlist.unsupported)
        return playlist
      }
      const best = playlist.variants.toSorted((one, other) => other.bandwidth - one.bandwidth)[0]
      if (best === undefined) throw httpSourceErrors.hlsNotSupported('its playlist offers nothing')
      answer = await this.#options.client.get(best.url)
    }
    throw httpSourceErrors.hlsNotSupported('its playlists lead to one another')
  }

  /** Why it ended. */
  async #run(first: MediaPlaylist): Promise<CloseReason> {
    let playlist = first
    this.#next = startOf(playlist)
    while (!this.#options.over.aborted) {
      const segments = this.#newSegments(playlist)
      for (const segment of segments) {
        await this.#play(segment)
        if (this.#options.over.aborted) return ended
        if (this.#failures > FAILURES_MAX) return lost
      }
      if (playlist.ended) return ended
      // RFC 8216 §6.3.4: from when it was loaded last, and half as long when nothing has changed.
      const period = playlist.targetSeconds * (segments.length > 0 ? 1000 : 500)
      await this.#wait(period - (this.#options.clock.now() - this.#loadedAt))
      const loaded = await this.#reload()
      if (this.#failures > FAILURES_MAX) return lost
      if (loaded !== undefined) playlist = loaded
    }
    return ended
  }

  #newSegments({ segments, mediaSequence }: MediaPlaylist): readonly HlsSegment[] {
    const next = this.#next ?? 0
    const after = mediaSequence + segments.length
    // An encoder that was started anew counts from the beginning.
    if (next > after) this.#next = Math.max(mediaSequence, after - LIVE_SEGMENTS)
    return segments.filter(({ sequence }) => sequence >= this.#next!)
  }

  async #play({ url, sequence }: HlsSegment): Promise<void> {
    const { client, gate, push } = this.#options
    await gate.opened
    if (this.#options.over.aborted) return
    try {
      const { body } = await client.get(url)
      await pumpBody(body, gate, push)
      this.#failures = 0
    } catch {
      // It may be gone from a live playlist; the next one may not.
      this.#failures++
      await this.#wait(FAILURE_PAUSE_MS)
    }
    this.#next = sequence + 1
  }

  async #reload(): Promise<MediaPlaylist | undefined> {
    if (this.#options.over.aborted) return undefined
    this.#loadedAt = this.#options.clock.now()
    try {
      const playlist = await readPlaylist(await this.#options.client.get(this.#url))
      if (playlist.kind === 'media' && playlist.unsupported === undefined) {
        this.#failures = 0
        return playlist
      }
    } catch {
      await this.#wait(FAILURE_PAUSE_MS)
    }
    this.#failures++
    return undefined
  }

  #wait(forMs: number): Promise<void> {
    return waitUntilOver(this.#options.clock, forMs, this.#options.over)
  }
}

const ended: CloseReason = { code: 'ended', message: 'the playlist has come to its end' }
const lost: CloseReason = { code: 'camera_refused', message: 'the segments of the playlist cannot be got any more' }

/** The number of the segment to begin with. */
const startOf = ({ segments, mediaSequence, ended: whole }: MediaPlaylist): number =>
  whole ? mediaSequence : mediaSequence + Math.max(0, segments.length - LIVE_SEGMENTS)

const readPlaylist = async ({ body, url }: HttpAnswer): Promise<HlsPlaylist> => {
  try {
    const text = await readBody(body, PLAYLIST_BYTES_MAX)
    if (text === undefined)
      throw httpSourceErrors.hlsNotSupported(`its playlist has more than ${PLAYLIST_BYTES_MAX} bytes`)
    return parseHlsPlaylist(text.toString('utf8'), url)
  } catch (error) {
    body.destroy()
    if (describeError(error).code === 'internal') throw httpSourceErrors.brokenOff(error)
    throw error
  }
}
