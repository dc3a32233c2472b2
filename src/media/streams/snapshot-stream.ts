import { codecJson } from '../codecs/codec-json.ts'
import { describeCodec } from '../codecs/describe.ts'
import type { ConnectionInfo } from '../core/connection-info.ts'
import type { AnySender, Consumer } from '../core/consumer.ts'
import { formatMedia, type Media } from '../core/media.ts'
import type { Producer } from '../core/producer.ts'
import type { AnyTrack } from '../core/track.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Stream } from './stream.ts'
import type {
  ConnectionSnapshot,
  ConsumerSnapshot,
  ReceiverSnapshot,
  SenderSnapshot,
  SourceSnapshot,
  StreamSnapshot,
  StreamState,
  TrackSnapshot,
} from './stream-snapshot.ts'
import type { StreamSource } from './stream-source.ts'

/** A stream as plain data, as it is at this moment. */
export const snapshotStream = (stream: Stream, clock: Clock): StreamSnapshot => {
  const consumers = stream.consumers.map(snapshotConsumer)
  const state = streamState(stream)
  const cause = stream.refusal ?? stream.sources.find(one => one.cause !== undefined)?.cause
  return {
    id: stream.id,
    name: stream.name,
    state,
    ...(cause !== undefined && state !== 'live' && state !== 'idle' && { cause }),
    sources: stream.sources.map(one => snapshotSource(stream, one, clock)),
    consumers,
    everWatched: stream.everWatched,
  }
}

/** What a stream does at this moment, without all the rest. */
export const streamState = (stream: Stream): StreamState => {
  const states = new Set(stream.sources.map(one => one.state))
  if (states.has('live')) return 'live'
  if (states.has('waiting')) return 'reconnecting'
  if (states.has('dialing')) return stream.consumers.length > 0 ? 'reconnecting' : 'connecting'
  if (states.has('paused')) return 'paused'
  return stream.refusal === undefined ? 'idle' : 'failed'
}

const snapshotSource = (stream: Stream, source: StreamSource, clock: Clock): SourceSnapshot => {
  const { cause, retryIn, producer } = source
  const talks = stream.viewers.flatMap(viewer => viewer.talksTo(source))
  return {
    url: source.url,
    published: source.published,
    state: source.state,
    ...(cause !== undefined && { cause }),
    ...(retryIn !== undefined && { retryAt: clock.wallTime() + retryIn }),
    tracks: snapshotTracks(source.medias),
    ...(producer !== undefined && { connection: snapshotConnection(producer.info, producer.medias) }),
    receivers: producer === undefined ? [] : tracksOf(producer).map(snapshotReceiver),
    senders: talks.map(snapshotSender),
  }
}

const tracksOf = (producer: Producer): readonly AnyTrack[] =>
  producer.medias.flatMap(media => {
    const track = media.direction === 'recvonly' ? producer.track(media) : undefined
    return track === undefined ? [] : [track]
  })

/** What can be received from a source, ready to be shown: the first codec of each media. */
export const snapshotTracks = (medias: readonly Media[]): readonly TrackSnapshot[] =>
  medias.flatMap(media => {
    const [codec] = media.codecs
    if (media.direction !== 'recvonly' || codec === undefined) return []
    return [{ kind: media.kind, codec: codec.name, label: describeCodec(codec) }]
  })

const snapshotConnection = (info: ConnectionInfo, medias: readonly Media[]): ConnectionSnapshot => ({
  id: info.id,
  formatName: info.formatName,
  protocol: info.protocol,
  remoteAddress: info.remoteAddress,
  userAgent: info.userAgent,
  source: info.source,
  url: info.url,
  sdp: info.sdp,
  medias: medias.map(formatMedia),
  bytesReceived: info.bytesReceived,
  bytesSent: info.bytesSent,
})

const snapshotReceiver = (track: AnyTrack): ReceiverSnapshot => ({
  id: track.id,
  codec: codecJson(track.codec),
  childs: track.outletIds,
  bytes: track.byteCount,
  packets: track.unitCount,
})

const snapshotSender = (sender: AnySender): SenderSnapshot => ({
  id: sender.id,
  codec: sender.codec === undefined ? {} : codecJson(sender.codec),
  parent: sender.parentId,
  bytes: sender.sentBytes,
  packets: sender.sentCount,
  drops: sender.droppedCount,
})

/** A viewer as plain data, as it is at this moment. */
export const snapshotConsumer = (consumer: Consumer): ConsumerSnapshot => ({
  connection: snapshotConnection(consumer.info, consumer.medias),
  senders: consumer.senders.map(snapshotSender),
  receivers: (consumer.voices ?? []).map(snapshotReceiver),
})
