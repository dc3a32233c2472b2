import { staticCodec } from '../../codecs/registry.ts'
import { type Codec, formatParameter, type Kind } from '../../core/codec.ts'
import type { Media } from '../../core/media.ts'
import { MalformedError } from '../../runtime/errors.ts'
import {
  attributeOf,
  parseSessionDescription,
  type SdpAttribute,
  type SdpMedia,
} from '../../sdp/session-description.ts'
import type { Fingerprint } from './dtls-session.ts'

/** What travels beside a codec and is none. */
const COMPANIONS: ReadonlySet<string> = new Set(['RTX', 'RED', 'ULPFEC', 'FLEXFEC-03', 'CN', 'TELEPHONE-EVENT'])
/** Fingerprints and candidates of one offer: real ones have one or two, and a dozen. */
const FINGERPRINTS_MAX = 8
const CANDIDATES_MAX = 64

/** RTP streams that one m-line may name: simulcast of three, each with retransmissions, and a few more. */
const SOURCES_MAX = 16
/** How a packet says which m-line it belongs to (RFC 9143 §15.2). */
export const MID_EXTENSION = 'urn:ietf:params:rtp-hdrext:sdes:mid'

/** One m-line of an offer or an answer, as the peer sees it. */
export interface RemoteMedia {
  /** `video`, `audio`, `application`, or whatever it says. */
  readonly type: string
  readonly mid: string
  readonly direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'
  /** In the order of the offer, without what only accompanies them. */
  readonly codecs: readonly Codec[]
  /** Payload type of the retransmissions of each payload type (RFC 4588 §8.6). */
  readonly retransmissions: ReadonlyMap<number, number>
  /** RTP streams it says it will send, retransmissions among them; empty where it does not say. */
  readonly sources: readonly number[]
  /** The number that the m-line's own name has among the header extensions; `undefined`: its packets do not carry it. */
  readonly midExtension: number | undefined
  readonly protocol: string
  readonly formats: readonly string[]
  readonly attributes: readonly SdpAttribute[]
}

/** What a peer offers, or answers (RFC 8829 §5.2, §5.3). */
export interface RemoteDescription {
  readonly iceName: string
  readonly icePassword: string
  readonly fingerprints: readonly Fingerprint[]
  readonly medias: readonly RemoteMedia[]
  /** Who begins the handshake, as the peer sees it (RFC 4145 §4). */
  readonly setup: 'active' | 'passive' | 'actpass'
  /** It answers connectivity checks and makes none (RFC 8445 §2.5). */
  readonly isLite: boolean
  /** As written, without `candidate:`. */
  readonly candidates: readonly string[]
}

/** Reads an offer or an answer. Throws `MalformedError` and `LimitError`. */
export const parseRemoteDescription = (text: string): RemoteDescription => {
  const description = parseSessionDescription(text)
  const all = [description.attributes, ...description.medias.map(({ attributes }) => attributes)]
  const first = (name: string): string | undefined =>
    all.map(attributes => attributeOf(attributes, name)).find(value => value !== undefined && value !== '')
  const values = (name: string): readonly string[] =>
    all.flatMap(attributes => attributes.filter(([one]) => one === name).map(([, value]) => value))
  const iceName = first('ice-ufrag')
  const icePassword = first('ice-pwd')
  if (iceName === undefined || icePassword === undefined)
    throw new MalformedError('a description without ice-ufrag and ice-pwd')
  const fingerprints = [...new Set(values('fingerprint'))].slice(0, FINGERPRINTS_MAX).flatMap(fingerprintOf)
  if (fingerprints.length === 0) throw new MalformedError('a description without a fingerprint')
  if (description.medias.length === 0) throw new MalformedError('a description without medias')
  return {
    ...{ iceName, icePassword, fingerprints },
    medias: description.medias.map(remoteMedia),
    setup: setupOf(first('setup')),
    isLite: all.some(attributes => attributes.some(([name]) => name === 'ice-lite')),
    candidates: values('candidate').slice(0, CANDIDATES_MAX),
  }
}

const fingerprintOf = (value: string): readonly Fingerprint[] => {
  const [algorithm = '', digest = ''] = value.trim().split(/\s+/)
  return digest === '' ? [] : [{ algorithm: algorithm.toLowerCase(), value: digest.toUpperCase() }]
}

const setupOf = (value: string | undefined): RemoteDescription['setup'] =>
  value === 'active' || value === 'passive' ? value : 'actpass'

const remoteMedia = (media: SdpMedia, index: number): RemoteMedia => {
  const { type, protocol, formats, attributes } = media
  const named = formats.flatMap(format => codecOf(format, type, attributes) ?? [])
  const direction = attributes.map(([name]) => name).find(isDirection) ?? 'sendrecv'
  return {
    ...{ type, protocol, formats, attributes, direction },
    mid: attributeOf(attributes, 'mid') ?? String(index),
    sources: sourcesOf(attributes),
    midExtension: extensionOf(attributes, MID_EXTENSION),
    codecs: named.filter(({ name }) => !COMPANIONS.has(name)),
    retransmissions: new Map(
      named
        .filter(({ name }) => name === 'RTX')
        .map(codec => [Number(formatParameter(codec, 'apt')), codec.payloadType ?? -1]),
    ),
  }
}

const sourcesOf = (attributes: readonly SdpAttribute[]): readonly number[] => {
  const numbers = attributes.flatMap(([name, value]) => {
    const ssrc = name === 'ssrc' ? Number(/^(\d{1,10})\s/.exec(value)?.[1]) : Number.NaN
    return ssrc > 0 && ssrc < 2 ** 32 ? [ssrc] : []
  })
  return [...new Set(numbers)].slice(0, SOURCES_MAX)
}

/** `a=extmap:3 urn:…` or `a=extmap:3/sendonly urn:…` (RFC 8285 §5). */
const extensionOf = (attributes: readonly SdpAttribute[], uri: string): number | undefined => {
  for (const [name, value] of attributes) {
    const [, number] = name === 'extmap' ? (/^(\d{1,3})(?:\/\w+)?\s+/.exec(value) ?? []) : []
    if (number !== undefined && value.split(/\s+/)[1] === uri) return Number(number)
  }
  return undefined
}

const isDirection = (name: string): name is RemoteMedia['direction'] =>
  name === 'sendrecv' || name === 'sendonly' || name === 'recvonly' || name === 'inactive'

const codecOf = (format: string, type: string, attributes: readonly SdpAttribute[]): Codec | undefined => {
  if (!/^\d{1,3}$/.test(format) || (type !== 'video' && type !== 'audio')) return undefined
  const payloadType = Number(format)
  const of = (name: string): string | undefined =>
    attributes.find(([one, value]) => one === name && value.startsWith(`${format} `))?.[1].slice(format.length + 1)
  const mapped = parseMapping(of('rtpmap') ?? '', type, payloadType) ?? staticCodec(payloadType)
  return mapped && { ...mapped, formatParameters: of('fmtp') ?? '', payloadType }
}

const parseMapping = (text: string, kind: Kind, payloadType: number): Codec | undefined => {
  const [, name, rate, channels] = /^\s*([\w.+-]+)\/(\d{1,9})(?:\/(\d{1,3}))?\s*$/.exec(text) ?? []
  if (name === undefined || Number(rate) === 0) return undefined
  const count = kind === 'audio' ? Number(channels ?? 0) : 0
  return { kind, name: name.toUpperCase(), clockRate: Number(rate), channels: count, formatParameters: '', payloadType }
}

/** What a viewer says back, of each m-line beside what it wants there: a name of its own for the other direction. */
const VOICE = '/voice'

/** What the peer wants to be sent and what it says, video first: what a stream is matched with. */
export const viewerMedias = ({ medias }: RemoteDescription): readonly Media[] =>
  (['video', 'audio'] as const).flatMap(kind =>
    medias
      .filter(({ type }) => type === kind)
      .flatMap(media => {
        const codecs = distinct(media.codecs)
        // The microphone before the loudspeaker, as go2rtc: a camera that has one way back is asked for it first.
        const voice = { kind, direction: 'recvonly' as const, id: `${media.mid}${VOICE}`, codecs }
        const wanted = { kind, direction: 'sendonly' as const, id: media.mid, codecs }
        return [...(kind === 'audio' && sends(media) ? [voice] : []), ...(receives(media) ? [wanted] : [])]
      }),
  )

/** The m-line of one of `viewerMedias`. */
export const remoteMediaOf = ({ medias }: RemoteDescription, { id, direction }: Media): RemoteMedia | undefined =>
  medias.find(({ mid }) => mid === (direction === 'recvonly' ? id.slice(0, -VOICE.length) : id))

/** Whether the peer says it may send on an m-line. */
export const sends = ({ direction }: RemoteMedia): boolean => direction === 'sendonly' || direction === 'sendrecv'

/** Whether the peer says it takes something on an m-line. */
export const receives = ({ direction }: RemoteMedia): boolean => direction === 'recvonly' || direction === 'sendrecv'

/** Whether an offer that does not say so is that of a viewer: who wants pictures, or sends none and wants anything; go2rtc's rule. */
export const isViewer = ({ medias }: RemoteDescription): boolean => {
  const pictures = medias.filter(({ type }) => type === 'video')
  if (pictures.some(receives)) return true
  if (pictures.some(sends)) return false
  return medias.some(media => media.type === 'audio' && receives(media))
}

/** One codec of each name, clock and channels: profiles are not compared, as go2rtc does not. */
const distinct = (codecs: readonly Codec[]): readonly Codec[] => {
  const seen = new Set<string>()
  return codecs.flatMap(({ payloadType: _payloadType, ...codec }) => {
    const key = `${codec.name}/${codec.clockRate}/${codec.channels}`
    if (seen.has(key)) return []
    seen.add(key)
    return [{ ...codec, formatParameters: '' }]
  })
}

/**
 * The offered form of a codec that a track is sent in: of several of its name the one with the same H.264
 * profile and fragments, then any with fragments (RFC 6184 §8.1), then the first.
 */
export const payloadFor = ({ codecs }: Pick<RemoteMedia, 'codecs'>, codec: Codec): Codec | undefined => {
  const same = codecs.filter(({ name, clockRate }) => name === codec.name && clockRate === codec.clockRate)
  if (codec.name !== 'H264') return same[0]
  const fragmenting = same.filter(one => formatParameter(one, 'packetization-mode') === '1')
  const profile = (one: Codec): string => formatParameter(one, 'profile-level-id')?.slice(0, 4).toLowerCase() ?? ''
  return fragmenting.find(one => profile(one) === profile(codec)) ?? fragmenting[0] ?? same[0]
}
