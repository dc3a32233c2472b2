import {
  attributeOf,
  formatSessionDescription,
  type SdpAttribute,
  type SdpMedia,
} from '../../sdp/session-description.ts'
import type { Fingerprint } from './dtls-session.ts'
import type { NegotiatedMedia, NegotiatedPayload, SentMedia } from './negotiated-media.ts'
import { MID_EXTENSION, type RemoteDescription, type RemoteMedia } from './remote-description.ts'

/** What an answer is made of. */
export interface AnswerParts {
  readonly offer: RemoteDescription
  readonly iceName: string
  readonly icePassword: string
  readonly fingerprint: Fingerprint
  /** By mid; what is missing is answered as inactive. */
  readonly medias: ReadonlyMap<string, NegotiatedMedia>
  /** Without `candidate:`. */
  readonly candidates: readonly string[]
  readonly canonicalName: string
}

/** All tracks of a session belong to one stream, so that browsers keep them in sync. */
const STREAM_ID = 'sightline'
/** The port of an m-line that is not refused (RFC 8829 §5.3.1): where to is the candidates' matter. */
const DISCARD_PORT = 9

/**
 * Answers an offer (RFC 8829 §5.3): every m-line in its place, all in one bundle, we wait for the handshake.
 * No m-line is refused by port 0, because clients take that for a broken answer.
 */
export const formatAnswer = (parts: AnswerParts): string => {
  const { offer } = parts
  const bundle = offer.medias.map(({ mid }) => mid).join(' ')
  return formatSessionDescription({
    origin: '- 1 1 IN IP4 127.0.0.1',
    name: '-',
    connection: 'IN IP4 0.0.0.0',
    attributes: [
      ['group', `BUNDLE ${bundle}`],
      ['msid-semantic', ' WMS *'],
    ],
    medias: offer.medias.map((media, index) => answeredMedia(parts, media, index === 0)),
  })
}

const answeredMedia = (parts: AnswerParts, media: RemoteMedia, first: boolean): SdpMedia => {
  const { iceName, icePassword, fingerprint, medias, candidates } = parts
  const transport: readonly SdpAttribute[] = [
    ...(first ? candidates.map(one => ['candidate', one] as const) : []),
    ['ice-ufrag', iceName],
    ['ice-pwd', icePassword],
    ['ice-options', 'trickle'],
    ['fingerprint', `${fingerprint.algorithm} ${fingerprint.value}`],
    ['setup', parts.offer.setup === 'passive' ? 'active' : 'passive'],
    ['mid', media.mid],
  ]
  const { type, protocol } = media
  const common = { type, port: DISCARD_PORT, protocol, bandwidths: [] }
  if (type === 'application') {
    const port = attributeOf(media.attributes, 'sctp-port') ?? '5000'
    return { ...common, formats: media.formats, attributes: [...transport, ['sctp-port', port]] }
  }
  const { sends, receives } = medias.get(media.mid) ?? {}
  // What comes first is what the peer sends, where it may send anything.
  const payloads = distinct([...(receives === undefined ? [] : [receives.payload]), ...(sends?.payloads ?? [])])
  if (payloads.length === 0)
    return { ...common, formats: media.formats, attributes: [...transport, ['inactive', ''], ['rtcp-mux', '']] }
  const direction = sends === undefined ? 'recvonly' : receives === undefined ? 'sendonly' : 'sendrecv'
  const { midExtension } = media
  return {
    ...common,
    formats: payloads.flatMap(typesOf).map(String),
    attributes: [
      ...transport,
      [direction, ''],
      ...(sends === undefined ? [] : [['msid', `${STREAM_ID} ${media.type}`] as const]),
      ['rtcp-mux', ''],
      ['rtcp-rsize', ''],
      ...(receives === undefined || midExtension === undefined
        ? []
        : [['extmap', `${midExtension} ${MID_EXTENSION}`] as const]),
      ...payloads.flatMap(payloadAttributes),
      ...(sends === undefined ? [] : sourceAttributes(parts.canonicalName, media.type, sends)),
    ],
  }
}

const typesOf = ({ payloadType, retransmissionType }: NegotiatedPayload): readonly number[] =>
  retransmissionType === undefined ? [payloadType] : [payloadType, retransmissionType]

const distinct = (payloads: readonly NegotiatedPayload[]): readonly NegotiatedPayload[] => [
  ...new Map(payloads.map(one => [one.payloadType, one])).values(),
]

/** `a=rtpmap`, `a=fmtp` and `a=rtcp-fb` of one payload and its retransmissions. */
export const payloadAttributes = ({
  codec,
  payloadType,
  retransmissionType,
}: NegotiatedPayload): readonly SdpAttribute[] => {
  const channels = codec.channels > 1 ? `/${codec.channels}` : ''
  const name = codec.name === 'OPUS' ? 'opus' : codec.name
  const feedback = codec.kind === 'video' ? ['goog-remb', 'ccm fir', 'nack', 'nack pli'] : []
  return [
    ['rtpmap', `${payloadType} ${name}/${codec.clockRate}${channels}`],
    ...(codec.formatParameters === '' ? [] : [['fmtp', `${payloadType} ${codec.formatParameters}`] as const]),
    ...feedback.map(one => ['rtcp-fb', `${payloadType} ${one}`] as const),
    ...(retransmissionType === undefined
      ? []
      : ([
          ['rtpmap', `${retransmissionType} rtx/${codec.clockRate}`],
          ['fmtp', `${retransmissionType} apt=${payloadType}`],
        ] as const)),
  ]
}

/** Which RTP streams an m-line has of us, and that all of a session belong together (RFC 5576, RFC 8830). */
export const sourceAttributes = (canonicalName: string, type: string, sent: SentMedia): readonly SdpAttribute[] => {
  const { ssrc, retransmissionSsrc } = sent
  const names = (one: number): readonly SdpAttribute[] => [
    ['ssrc', `${one} cname:${canonicalName}`],
    ['ssrc', `${one} msid:${STREAM_ID} ${type}`],
  ]
  if (retransmissionSsrc === undefined) return names(ssrc)
  return [['ssrc-group', `FID ${ssrc} ${retransmissionSsrc}`], ...names(ssrc), ...names(retransmissionSsrc)]
}
