import type { Codec, Kind } from '../../core/codec.ts'
import { formatSessionDescription, type SdpAttribute, type SdpMedia } from '../../sdp/session-description.ts'
import { payloadAttributes, sourceAttributes } from './answer.ts'
import type { Fingerprint } from './dtls-session.ts'
import type { NegotiatedPayload, SentMedia } from './negotiated-media.ts'
import { MID_EXTENSION } from './remote-description.ts'

/** The port of an m-line before anything is known of the other side (RFC 8829 §5.2.1). */
const DISCARD_PORT = 9
/** The number of the m-line's own name among the header extensions. */
const MID_EXTENSION_NUMBER = 4

/** One m-line that we offer: to take something, or to send it. */
export interface OfferedLine {
  readonly mid: string
  readonly kind: Kind
  readonly payloads: readonly NegotiatedPayload[]
  /** What we would send; absent: we want to be sent something. */
  readonly sent?: SentMedia
}

/** What an offer is made of. */
export interface OfferParts {
  readonly iceName: string
  readonly icePassword: string
  readonly fingerprint: Fingerprint
  readonly lines: readonly OfferedLine[]
  /** Without `candidate:`. */
  readonly candidates: readonly string[]
  readonly canonicalName: string
}

const codec = (kind: Kind, name: string, clockRate: number, channels = 0, formatParameters = ''): Codec => ({
  ...{ kind, name, clockRate, channels, formatParameters },
})

const h264 = (profile: string): Codec =>
  codec('video', 'H264', 90_000, 0, `level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=${profile}`)

/** Numbers from 96 on (RFC 3551 §3), each with the next one for what is sent again (RFC 4588). */
const numbered = (codecs: readonly Codec[], first: number): readonly NegotiatedPayload[] =>
  codecs.map((one, index) => ({
    codec: one,
    payloadType: first + 2 * index,
    retransmissionType: first + 2 * index + 1,
  }))

/** Pictures that we take from a peer, best first: what the most clients play. */
export const takenPictures: readonly NegotiatedPayload[] = numbered(
  [
    ...['42e01f', '640032', '42001f', '4d001f'].map(h264),
    codec('video', 'H265', 90_000),
    codec('video', 'VP8', 90_000),
    codec('video', 'VP9', 90_000, 0, 'profile-id=0'),
    codec('video', 'AV1', 90_000),
  ],
  96,
)

/** Sound that we take from a peer and send to it, best first. */
export const takenSound: readonly NegotiatedPayload[] = [
  { codec: codec('audio', 'OPUS', 48_000, 2, 'minptime=10;useinbandfec=1'), payloadType: 120 },
  { codec: codec('audio', 'PCMA', 8000), payloadType: 8 },
  { codec: codec('audio', 'PCMU', 8000), payloadType: 0 },
  { codec: codec('audio', 'G722', 8000), payloadType: 9 },
]

/** Writes an offer (RFC 8829 §5.2): all m-lines in one bundle, whoever answers chooses who begins the handshake. */
export const formatOffer = (parts: OfferParts): string => {
  const { lines } = parts
  return formatSessionDescription({
    origin: '- 1 1 IN IP4 127.0.0.1',
    name: '-',
    connection: 'IN IP4 0.0.0.0',
    attributes: [
      ['group', `BUNDLE ${lines.map(({ mid }) => mid).join(' ')}`],
      ['msid-semantic', ' WMS *'],
    ],
    medias: lines.map((line, index) => offeredMedia(parts, line, index === 0)),
  })
}

const offeredMedia = (parts: OfferParts, line: OfferedLine, first: boolean): SdpMedia => {
  const { iceName, icePassword, fingerprint, candidates, canonicalName } = parts
  const { mid, kind, payloads, sent } = line
  const attributes: readonly SdpAttribute[] = [
    ...(first ? candidates.map(one => ['candidate', one] as const) : []),
    ['ice-ufrag', iceName],
    ['ice-pwd', icePassword],
    ['ice-options', 'trickle'],
    ['fingerprint', `${fingerprint.algorithm} ${fingerprint.value}`],
    ['setup', 'actpass'],
    ['mid', mid],
    ['extmap', `${MID_EXTENSION_NUMBER} ${MID_EXTENSION}`],
    [sent === undefined ? 'recvonly' : 'sendonly', ''],
    ...(sent === undefined ? [] : [['msid', `sightline ${kind}`] as const]),
    ['rtcp-mux', ''],
    ['rtcp-rsize', ''],
    ...payloads.flatMap(payloadAttributes),
    ...(sent === undefined ? [] : sourceAttributes(canonicalName, kind, sent)),
  ]
  return {
    ...{ type: kind, port: DISCARD_PORT, protocol: 'UDP/TLS/RTP/SAVPF', bandwidths: [], attributes },
    formats: payloads.flatMap(({ payloadType, retransmissionType }) =>
      (retransmissionType === undefined ? [payloadType] : [payloadType, retransmissionType]).map(String),
    ),
  }
}
