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

/** One m-line of an offer, as the peer sees it. */
export interface OfferedMedia {
  /** `video`, `audio`, `application`, or whatever it says. */
  readonly type: string
  readonly mid: string
  readonly direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'
  /** In the order of the offer, without what only accompanies them. */
  readonly codecs: readonly Codec[]
  /** Payload type of the retransmissions of each payload type (RFC 4588 §8.6). */
  readonly retransmissions: ReadonlyMap<number, number>
  readonly protocol: string
  readonly formats: readonly string[]
  readonly attributes: readonly SdpAttribute[]
}

/** What a browser asks for (RFC 8829 §5.2). */
export interface Offer {
  readonly iceName: string
  readonly icePassword: string
  readonly fingerprints: readonly Fingerprint[]
  readonly medias: readonly OfferedMedia[]
  /** The peer only answers checks (RFC 8445 §2.5): we choose the way. */
  readonly isIceLite: boolean
  /** As written, without `candidate:`. */
  readonly candidates: readonly string[]
}

/** Reads an offer. Throws `MalformedError` and `LimitError`. */
export const parseOffer = (text: string): Offer => {
  const description = parseSessionDescription(text)
  const all = [description.attributes, ...description.medias.map(({ attributes }) => attributes)]
  const first = (name: string): string | undefined =>
    all.map(attributes => attributeOf(attributes, name)).find(value => value !== undefined && value !== '')
  const values = (name: string): readonly string[] =>
    all.flatMap(attributes => attributes.filter(([one]) => one === name).map(([, value]) => value))
  const iceName = first('ice-ufrag')
  const icePassword = first('ice-pwd')
  if (iceName === undefined || icePassword === undefined)
    throw new MalformedError('an offer without ice-ufrag and ice-pwd')
  const fingerprints = [...new Set(values('fingerprint'))].slice(0, FINGERPRINTS_MAX).flatMap(fingerprintOf)
  if (fingerprints.length === 0) throw new MalformedError('an offer without a fingerprint')
  if (description.medias.length === 0) throw new MalformedError('an offer without medias')
  return {
    ...{ iceName, icePassword, fingerprints },
    medias: description.medias.map(offeredMedia),
    isIceLite: values('ice-lite').length > 0,
    candidates: values('candidate').slice(0, CANDIDATES_MAX),
  }
}

const fingerprintOf = (value: string): readonly Fingerprint[] => {
  const [algorithm = '', digest = ''] = value.trim().split(/\s+/)
  return digest === '' ? [] : [{ algorithm: algorithm.toLowerCase(), value: digest.toUpperCase() }]
}

const offeredMedia = (media: SdpMedia, index: number): OfferedMedia => {
  const { type, protocol, formats, attributes } = media
  const named = formats.flatMap(format => codecOf(format, type, attributes) ?? [])
  const direction = attributes.map(([name]) => name).find(isDirection) ?? 'sendrecv'
  return {
    ...{ type, protocol, formats, attributes, direction },
    mid: attributeOf(attributes, 'mid') ?? String(index),
    codecs: named.filter(({ name }) => !COMPANIONS.has(name)),
    retransmissions: new Map(
      named
        .filter(({ name }) => name === 'RTX')
        .map(codec => [Number(formatParameter(codec, 'apt')), codec.payloadType ?? -1]),
    ),
  }
}

const isDirection = (name: string): name is OfferedMedia['direction'] =>
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

/** What the peer wants to be sent, video first: what a stream is matched with. */
export const wantedMedias = ({ medias }: Offer): readonly Media[] =>
  (['video', 'audio'] as const).flatMap(kind =>
    medias
      .filter(({ type, direction }) => type === kind && (direction === 'recvonly' || direction === 'sendrecv'))
      .map(({ mid, codecs }) => ({ kind, direction: 'sendonly' as const, id: mid, codecs: distinct(codecs) })),
  )

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
export const payloadFor = ({ codecs }: OfferedMedia, codec: Codec): Codec | undefined => {
  const same = codecs.filter(({ name, clockRate }) => name === codec.name && clockRate === codec.clockRate)
  if (codec.name !== 'H264') return same[0]
  const fragmenting = same.filter(one => formatParameter(one, 'packetization-mode') === '1')
  const profile = (one: Codec): string => formatParameter(one, 'profile-level-id')?.slice(0, 4).toLowerCase() ?? ''
  return fragmenting.find(one => profile(one) === profile(codec)) ?? fragmenting[0] ?? same[0]
}
