import { headerOf } from '../../net/text-message.ts'
import { LimitError, MalformedError } from '../../runtime/errors.ts'
import type { CloseReason } from '../../runtime/lifetime.ts'
import { mediasFromSdp } from '../../sdp/sdp-to-medias.ts'
import type { PublicationPlace } from '../../streams/stream.ts'
import { parseStreamTarget, trackIndexOf } from './request-target.ts'
import { RtspPublisher } from './rtsp-publisher.ts'
import {
  proposesTcp,
  type SessionAnswer,
  type SessionRequest,
  type SessionRole,
  unsupportedTransport,
} from './session-request.ts'
import { formatTransport, parseTransport } from './transport-header.ts'

/** Seconds without media after which a publisher counts as gone: go2rtc's. */
const SILENCE_SECONDS = 15
/** What `?timeout=` may ask for at most. */
const SILENCE_SECONDS_MAX = 3600
/** Tracks taken from one publisher. */
const TRACKS_MAX = 8

/** What a publisher is served with. */
export interface PublisherRoleOptions {
  readonly remoteAddress: string
  /** Where somebody who publishes at a path belongs; `undefined`: nowhere. */
  readonly placeFor: (path: string) => PublicationPlace | undefined
  /** Ends the connection. */
  readonly close: (reason: CloseReason) => void
}

/** Somebody who publishes: what it announced becomes the tracks of a producer once it records. */
export class PublisherRole implements SessionRole {
  readonly silenceSecondsMax: number
  readonly #publisher: RtspPublisher
  readonly #place: PublicationPlace
  #begun = false

  private constructor(publisher: RtspPublisher, place: PublicationPlace, silenceSecondsMax: number) {
    this.#publisher = publisher
    this.#place = place
    this.silenceSecondsMax = silenceSecondsMax
  }

  /** Reads an ANNOUNCE; gives the answer that refuses it instead. */
  static open(request: SessionRequest, options: PublisherRoleOptions): PublisherRole | SessionAnswer {
    const type = headerOf(request.headers, 'Content-Type') ?? ''
    if (!/^application\/sdp\b/i.test(type)) return { status: '415 Unsupported Media Type' }
    const target = parseStreamTarget(request.target)
    const place = target.names.map(options.placeFor).find(found => found !== undefined)
    // go2rtc lets it record into nothing; said at once, it can be looked into.
    if (place === undefined) return { status: '404 Not Found', last: nowhere }
    const sdp = request.body.toString('utf8')
    const medias = announcedMedias(sdp)
    if (medias.length === 0) return { status: '400 Bad Request', last: nothing }
    const publisher = new RtspPublisher({
      ...{ medias, sdp, context: place.context },
      url: request.target,
      remoteAddress: options.remoteAddress,
      userAgent: headerOf(request.headers, 'User-Agent') ?? '',
    })
    void publisher.closed.then(reason => options.close(reason))
    return new PublisherRole(publisher, place, Math.min(target.timeoutSeconds || SILENCE_SECONDS, SILENCE_SECONDS_MAX))
  }

  setUp({ target, headers }: SessionRequest): SessionAnswer {
    const transport = headerOf(headers, 'Transport') ?? ''
    if (!proposesTcp(transport)) return unsupportedTransport
    const wanted = parseTransport(transport).find(({ profile }) => profile === 'RTP/AVP/TCP')
    const channels = this.#publisher.setUp(target, trackIndexOf(target), wanted?.interleaved)
    if (channels === undefined) return { status: '400 Bad Request' }
    return { status: '200 OK', headers: [['Transport', formatTransport(channels)]] }
  }

  /** From now on it feeds whoever it belongs to. */
  begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#publisher.begin()
    this.#place.take(this.#publisher)
  }

  pause(): void {}

  frame(channel: number, memory: Buffer, start: number, end: number): void {
    this.#publisher.frame(channel, memory, start, end)
  }

  end(reason: CloseReason): void {
    this.#publisher.close(reason)
  }

  [Symbol.dispose](): void {
    this.#publisher.close()
  }
}

/** What somebody announces, it sends, whatever direction it calls that; go2rtc: the first codec of each media. */
const announcedMedias = (sdp: string) => {
  try {
    return mediasFromSdp(sdp)
      .slice(0, TRACKS_MAX)
      .map(media => ({ ...media, direction: 'recvonly' as const, codecs: media.codecs.slice(0, 1) }))
  } catch (error) {
    if (error instanceof MalformedError || error instanceof LimitError) return []
    throw error
  }
}

const nowhere: CloseReason = { code: 'stream_not_found', message: 'nothing of that name to publish to' }
const nothing: CloseReason = { code: 'no_media', message: 'it announced nothing that can be taken' }
