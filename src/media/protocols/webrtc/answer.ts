import type { Codec } from '../../core/codec.ts'
import {
  attributeOf,
  formatSessionDescription,
  type SdpAttribute,
  type SdpMedia,
} from '../../sdp/session-description.ts'
import type { Fingerprint } from './dtls-session.ts'
import type { Offer, OfferedMedia } from './offer.ts'

/** What is sent on one m-line. */
export interface AnsweredMedia {
  readonly codec: Codec
  readonly payloadType: number
  readonly ssrc: number
  /** Of the retransmissions, where the peer takes them. */
  readonly retransmission?: { readonly payloadType: number; readonly ssrc: number }
}

/** What an answer is made of. */
export interface AnswerParts {
  readonly offer: Offer
  readonly iceName: string
  readonly icePassword: string
  readonly fingerprint: Fingerprint
  /** By mid; what is missing is answered as inactive. */
  readonly medias: ReadonlyMap<string, AnsweredMedia>
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

const answeredMedia = (parts: AnswerParts, media: OfferedMedia, first: boolean): SdpMedia => {
  const { iceName, icePassword, fingerprint, medias, candidates } = parts
  const sent = medias.get(media.mid)
  const transport: readonly SdpAttribute[] = [
    ...(first ? candidates.map(one => ['candidate', one] as const) : []),
    ['ice-ufrag', iceName],
    ['ice-pwd', icePassword],
    ['ice-options', 'trickle'],
    ['fingerprint', `${fingerprint.algorithm} ${fingerprint.value}`],
    ['setup', 'passive'],
    ['mid', media.mid],
  ]
  const { type, protocol } = media
  const common = { type, port: DISCARD_PORT, protocol, bandwidths: [] }
  if (type === 'application') {
    const port = attributeOf(media.attributes, 'sctp-port') ?? '5000'
    return { ...common, formats: media.formats, attributes: [...transport, ['sctp-port', port]] }
  }
  if (sent === undefined) {
    return { ...common, formats: media.formats, attributes: [...transport, ['inactive', ''], ['rtcp-mux', '']] }
  }
  return { ...common, formats: formatsOf(sent), attributes: [...transport, ...sending(parts, media, sent)] }
}

const formatsOf = ({ payloadType, retransmission }: AnsweredMedia): readonly string[] =>
  [payloadType, ...(retransmission === undefined ? [] : [retransmission.payloadType])].map(String)

const sending = (
  { canonicalName }: AnswerParts,
  media: OfferedMedia,
  { codec, payloadType, ssrc, retransmission }: AnsweredMedia,
): readonly SdpAttribute[] => {
  const channels = codec.channels > 0 ? `/${codec.channels}` : ''
  const parameters: readonly SdpAttribute[] =
    codec.formatParameters === '' ? [] : [['fmtp', `${payloadType} ${codec.formatParameters}`]]
  const feedback: readonly SdpAttribute[] =
    codec.kind === 'video' ? ['nack', 'nack pli', 'ccm fir'].map(one => ['rtcp-fb', `${payloadType} ${one}`]) : []
  const names = (one: number): readonly SdpAttribute[] => [
    ['ssrc', `${one} cname:${canonicalName}`],
    ['ssrc', `${one} msid:${STREAM_ID} ${media.type}`],
  ]
  return [
    ['sendonly', ''],
    ['msid', `${STREAM_ID} ${media.type}`],
    ['rtcp-mux', ''],
    ['rtcp-rsize', ''],
    ['rtpmap', `${payloadType} ${codec.name === 'OPUS' ? 'opus' : codec.name}/${codec.clockRate}${channels}`],
    ...parameters,
    ...feedback,
    ...(retransmission === undefined
      ? []
      : ([
          ['rtpmap', `${retransmission.payloadType} rtx/${codec.clockRate}`],
          ['fmtp', `${retransmission.payloadType} apt=${payloadType}`],
          ['ssrc-group', `FID ${ssrc} ${retransmission.ssrc}`],
        ] as const)),
    ...names(ssrc),
    ...(retransmission === undefined ? [] : names(retransmission.ssrc)),
  ]
}
