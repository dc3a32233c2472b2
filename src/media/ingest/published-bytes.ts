import type { Producer } from '../core/producer.ts'
import type { DemuxerFactory } from '../formats/demuxer.ts'
import { FlvDemuxer } from '../formats/flv/demuxer.ts'
import { MultipartDemuxer } from '../formats/mjpeg/multipart-demuxer.ts'
import { MpegTsDemuxer } from '../formats/mpegts/demuxer.ts'
import type { CloseReason } from '../runtime/lifetime.ts'
import type { PublicationPlace } from '../streams/stream.ts'
import { ByteStream } from './byte-stream.ts'
import type { ByteFlow } from './container-producer.ts'

/** Milliseconds without bytes after which whoever publishes counts as gone: as by RTSP. */
const SILENCE_MS_MAX = 15_000

/** Formats that a publisher may say it sends. */
export type PublishedFormat = 'flv' | 'mpegts' | 'mpjpeg'

/** Somebody who publishes bytes to a stream. */
export interface PublishRequest {
  /** Default: found out by the first bytes. */
  readonly format?: PublishedFormat
  readonly remoteAddress: string
  readonly userAgent: string
  /** Asked to wait while enough waits. */
  readonly flow: ByteFlow
}

/** Where the bytes go: whoever has them pushes them, and says when they end. */
export interface PublishedBytes extends Disposable {
  /** The next bytes, which must not change afterwards. Never throws. */
  push(chunk: Buffer): void
  /** No more follow, for this reason: what has come is still played. */
  end(reason: CloseReason): void
  /**
   * Fulfilled with why it ended, once everything is over: what `end` was told, or what the stream had against it.
   * Rejects with a `MediaError` when what came is nothing that can be played.
   */
  readonly over: Promise<CloseReason>
}

const demuxers: Readonly<Record<PublishedFormat, DemuxerFactory>> = {
  flv: into => new FlvDemuxer(into),
  mpegts: into => new MpegTsDemuxer(into),
  mpjpeg: into => new MultipartDemuxer(into),
}

/** Publishes bytes at a place: they feed its stream from the moment their tracks are known, until they end. */
export const publishBytes = (place: PublicationPlace, request: PublishRequest): PublishedBytes => {
  const { format, flow, remoteAddress, userAgent } = request
  const stream = new ByteStream({
    context: place.context,
    info: { protocol: 'http', remoteAddress, userAgent },
    silenceMsMax: SILENCE_MS_MAX,
    flow,
    ...(format !== undefined && { format: demuxers[format] }),
  })
  const over = stream.opened.then(async (producer: Producer) => {
    place.take(producer)
    // Nobody needs to watch: what is published flows, as by RTSP.
    await producer.start()
    return await stream.closed
  })
  // Whoever has the bytes may look at it only when they end.
  over.catch(() => {})
  return {
    over,
    push: chunk => stream.push(chunk),
    end: reason => stream.end(reason),
    [Symbol.dispose]: () => stream.close(),
  }
}
