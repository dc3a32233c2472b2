import type {
  CodecJson,
  ConnectionSnapshot,
  ConsumerSnapshot,
  ReceiverSnapshot,
  SenderSnapshot,
  SourceSnapshot,
  StreamSnapshot,
} from '#media'
import type { StreamRecord } from '../commands/control-plane.ts'
import type { GoValue } from './go2rtc-json.ts'

/** Sources as they were written. */
export type WrittenSources = Pick<StreamRecord, 'sources'>

/** The sources of a stream that is in no configuration. */
export const dialedSources = ({ sources }: StreamSnapshot): WrittenSources => ({
  sources: sources.filter(({ published }) => !published).map(({ url }) => url),
})

/**
 * A stream as `GET /api/streams` shows it. Every configured source is there, running or not, with its `url` as it
 * was written: Home Assistant compares it with its own, password included.
 */
export const streamJson = (record: WrittenSources, snapshot: StreamSnapshot | undefined): GoValue => ({
  producers: emptyIsNull(producersJson(record, snapshot)),
  // go2rtc: null until somebody watched for the first time.
  consumers: snapshot?.everWatched ? snapshot.consumers.map(consumerJson) : null,
})

/** The same for `?src=`: its readers go through the producers without looking whether there is a list. */
export const oneStreamJson = (record: WrittenSources, snapshot: StreamSnapshot | undefined): GoValue => ({
  producers: producersJson(record, snapshot),
  consumers: snapshot?.everWatched ? snapshot.consumers.map(consumerJson) : null,
})

/** The configured ones first, then those that somebody publishes, as go2rtc has them. */
const producersJson = (record: WrittenSources, snapshot: StreamSnapshot | undefined): readonly GoValue[] => [
  ...record.sources.map(url => {
    const source = snapshot?.sources.find(one => one.url === url && !one.published)
    return source?.connection === undefined ? { url } : producerJson(url, source, source.connection)
  }),
  ...(snapshot?.sources ?? []).flatMap(source =>
    source.published && source.connection !== undefined ? [producerJson(source.url, source, source.connection)] : [],
  ),
]

const producerJson = (url: string, source: SourceSnapshot, connection: ConnectionSnapshot): GoValue => ({
  ...head(connection),
  url,
  ...middle(connection),
  receivers: list(source.receivers.map(receiverJson)),
  senders: list(source.senders.map(senderJson)),
  ...tail(connection),
})

/** A viewer, as in the lists of `GET /api/streams`. */
export const consumerJson = ({ connection, senders, receivers }: ConsumerSnapshot): GoValue => ({
  ...head(connection),
  ...middle(connection),
  receivers: list(receivers.map(receiverJson)),
  senders: list(senders.map(senderJson)),
  ...tail(connection),
})

const head = (connection: ConnectionSnapshot): { readonly [field: string]: GoValue | undefined } => ({
  id: present(connection.id),
  format_name: present(connection.formatName),
  protocol: present(connection.protocol),
  remote_addr: present(connection.remoteAddress),
  source: present(connection.source),
})

const middle = (connection: ConnectionSnapshot): { readonly [field: string]: GoValue | undefined } => ({
  sdp: present(connection.sdp),
  user_agent: present(connection.userAgent),
  medias: list(connection.medias),
})

const tail = (connection: ConnectionSnapshot): { readonly [field: string]: GoValue | undefined } => ({
  bytes_recv: present(connection.bytesReceived),
  bytes_send: present(connection.bytesSent),
})

const receiverJson = (receiver: ReceiverSnapshot): GoValue => ({
  id: receiver.id,
  codec: codecJson(receiver.codec),
  childs: list(receiver.childs),
  bytes: present(receiver.bytes),
  packets: present(receiver.packets),
})

const senderJson = (sender: SenderSnapshot): GoValue => ({
  id: sender.id,
  codec: codecJson(sender.codec),
  parent: present(sender.parent),
  bytes: present(sender.bytes),
  packets: present(sender.packets),
  drops: present(sender.drops),
})

const codecJson = (codec: CodecJson): GoValue => new Map(Object.entries(codec))

/** go2rtc: a stream without any source has no list. */
const emptyIsNull = (items: readonly GoValue[]): GoValue => (items.length === 0 ? null : items)

/** Go's `omitempty`. */
const present = <Value extends string | number>(value: Value): Value | undefined =>
  value === '' || value === 0 ? undefined : value

const list = <Item extends GoValue>(items: readonly Item[]): readonly Item[] | undefined =>
  items.length === 0 ? undefined : items
