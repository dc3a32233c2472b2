import { MalformedError } from '../../runtime/errors.ts'

/** One way to carry a track, as a `Transport` header tells (RFC 2326 §12.39). */
export interface Transport {
  /** `RTP/AVP/TCP`, `RTP/AVP`, `RTP/AVP/UDP`, in upper case. */
  readonly profile: string
  /** Channels of RTP and RTCP inside the connection. */
  readonly interleaved?: readonly [rtp: number, rtcp: number]
}

/** Ways a client may propose at once: real ones propose one to three. */
const TRANSPORTS_MAX = 8

/**
 * Reads a `Transport` header, best first. One channel alone means RTCP on the next one. Throws
 * `MalformedError`.
 */
export const parseTransport = (value: string): readonly Transport[] =>
  value.split(',', TRANSPORTS_MAX).map(one => {
    const [profile = '', ...parameters] = one.split(';').map(part => part.trim())
    if (!/^RTP\/\w+(\/\w+)?$/i.test(profile)) throw new MalformedError(`"${profile}" is no transport`)
    const interleaved = parameters.map(parseInterleaved).find(found => found !== undefined)
    return { profile: profile.toUpperCase(), ...(interleaved !== undefined && { interleaved }) }
  })

/** Writes a `Transport` header for a track inside the connection. */
export const formatTransport = ([rtp, rtcp]: readonly [number, number]): string =>
  `RTP/AVP/TCP;unicast;interleaved=${rtp}-${rtcp}`

const parseInterleaved = (parameter: string): readonly [number, number] | undefined => {
  const [, first, second] = /^interleaved\s*=\s*(\d{1,3})(?:-(\d{1,3}))?$/i.exec(parameter) ?? []
  if (first === undefined) return undefined
  const rtp = Number(first)
  const rtcp = second === undefined ? rtp + 1 : Number(second)
  if (rtp > 255 || rtcp > 255) throw new MalformedError('an interleaved channel beyond 255')
  return [rtp, rtcp]
}
