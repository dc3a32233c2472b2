import { staticCodec } from '../codecs/registry.ts'
import type { Codec, Kind } from '../core/codec.ts'
import type { Direction, Media } from '../core/media.ts'
import {
  callsItselfSender,
  formatParametersOf,
  guessPcm,
  parseLeniently,
  renamePcm,
  withCompleteParameterSets,
  withParametersFromElsewhere,
  withStandardOpus,
} from './camera-quirks.ts'
import { attributeOf, type SdpAttribute, type SdpMedia, type SessionDescription } from './session-description.ts'

/** Codecs one media may list: real ones list one or two. */
const CODECS_MAX = 32

/**
 * What a camera's description offers, in its order: video and audio only, with the control
 * attribute as `id`, which is empty when there is none. Medias none of whose codecs has a name
 * are left out. Throws `MalformedError` and `LimitError`.
 */
export const mediasFromSdp = (text: string): readonly Media[] => {
  const description = parseLeniently(text)
  return description.medias.flatMap(media => {
    const { type: kind } = media
    const direction = directionOf(media, description)
    if ((kind !== 'video' && kind !== 'audio') || direction === undefined) return []
    const codecs = media.formats.slice(0, CODECS_MAX).flatMap(format => codecOf(format, kind, media, description) ?? [])
    return codecs.length === 0 ? [] : [{ kind, direction, codecs, id: attributeOf(media.attributes, 'control') ?? '' }]
  })
}

/** Seen from us, as cameras write it: what we receive is `recvonly`, or not said, or `sendrecv`. */
const directionOf = (media: SdpMedia, description: SessionDescription): Direction | undefined => {
  const said = saidDirection(media.attributes) ?? saidDirection(description.attributes)
  if (said === 'inactive') return undefined
  return said === 'sendonly' && !callsItselfSender(description) ? 'sendonly' : 'recvonly'
}

const saidDirection = (attributes: readonly SdpAttribute[]): string | undefined =>
  attributes.map(([name]) => name).find(name => /^(?:recvonly|sendonly|sendrecv|inactive)$/.test(name))

const codecOf = (format: string, kind: Kind, media: SdpMedia, description: SessionDescription): Codec | undefined => {
  if (!/^\d{1,3}$/.test(format)) return undefined
  const payloadType = Number(format)
  const mapped =
    parseRtpmap(media.attributes, payloadType, kind) ?? staticCodec(payloadType) ?? otherStatic[payloadType]
  const codec = mapped ?? guessPcm(payloadType, media)
  if (codec === undefined || codec.kind !== kind) return undefined
  const formatParameters = formatParametersOf(media.attributes, payloadType)
  const told = withParametersFromElsewhere({ ...codec, formatParameters }, description.medias)
  return withStandardOpus(renamePcm(withCompleteParameterSets(told)))
}

/** Payload types of RFC 3551 §6 whose codecs may only pass through the engine. */
const otherStatic: Readonly<Record<number, Codec>> = {
  9: { kind: 'audio', name: 'G722', clockRate: 8000, channels: 1, formatParameters: '', payloadType: 9 },
  14: { kind: 'audio', name: 'MPA', clockRate: 90_000, channels: 0, formatParameters: '', payloadType: 14 },
}

/** `a=rtpmap:96 H264/90000` (RFC 8866 §6.6). Audio without channels has one, and then does not say so in its medias. */
const parseRtpmap = (attributes: readonly SdpAttribute[], payloadType: number, kind: Kind): Codec | undefined => {
  for (const [name, value] of attributes) {
    if (name !== 'rtpmap') continue
    const [, type, encoding, rate, channels] = /^(\d{1,3}) +([\w.+-]+)\/(\d{1,9})(?:\/(\d{1,3}))?$/.exec(value) ?? []
    if (encoding === undefined || Number(type) !== payloadType || Number(rate) === 0) continue
    return {
      kind,
      name: encoding.toUpperCase(),
      clockRate: Number(rate),
      channels: kind === 'audio' ? Number(channels ?? 0) : 0,
      formatParameters: '',
      payloadType,
    }
  }
  return undefined
}
