import { MalformedError } from '../../runtime/errors.ts'

/** Two ports or channels: RTP's and RTCP's. */
export type Pair = readonly [rtp: number, rtcp: number]

/** One way to carry a track, as a `Transport` header tells (RFC 2326 §12.39). */
export interface Transport {
  /** `RTP/AVP/TCP`, `RTP/AVP`, `RTP/AVP/UDP`, in upper case. */
  readonly profile: string
  /** Channels of RTP and RTCP inside the connection. */
  readonly interleaved?: Pair
  /** Ports of who asked. */
  readonly clientPort?: Pair
  /** Ports of who answered. */
  readonly serverPort?: Pair
  /** The address packets come from, where it is not the one that answered. */
  readonly source?: string
}

/** Ways a client may propose at once: real ones propose one to three. */
const TRANSPORTS_MAX = 8
const CHANNEL_MAX = 255
const PORT_MAX = 65_535

/**
 * Reads a `Transport` header, best first. One port or channel alone means RTCP on the next one.
 * Throws `MalformedError`.
 */
export const parseTransport = (value: string): readonly Transport[] =>
  value.split(',', TRANSPORTS_MAX).map(one => {
    const [profile = '', ...parameters] = one.split(';').map(part => part.trim())
    if (!/^RTP\/\w+(\/\w+)?$/i.test(profile)) throw new MalformedError(`"${profile}" is no transport`)
    const interleaved = pairOf(parameters, 'interleaved', CHANNEL_MAX)
    const clientPort = pairOf(parameters, 'client_port', PORT_MAX)
    const serverPort = pairOf(parameters, 'server_port', PORT_MAX)
    const source = parameterOf(parameters, 'source')
    return {
      profile: profile.toUpperCase(),
      ...(interleaved !== undefined && { interleaved }),
      ...(clientPort !== undefined && { clientPort }),
      ...(serverPort !== undefined && { serverPort }),
      ...(source !== undefined && source !== '' && { source }),
    }
  })

/** Writes a `Transport` header for a track inside the connection. */
export const formatTransport = ([rtp, rtcp]: Pair): string => `RTP/AVP/TCP;unicast;interleaved=${rtp}-${rtcp}`

/** Writes a `Transport` header that asks for a track over UDP, to these ports. */
export const formatUdpTransport = ([rtp, rtcp]: Pair): string => `RTP/AVP;unicast;client_port=${rtp}-${rtcp}`

const pairOf = (parameters: readonly string[], name: string, max: number): Pair | undefined => {
  const [, first, second] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(parameterOf(parameters, name) ?? '') ?? []
  if (first === undefined) return undefined
  const rtp = Number(first)
  const rtcp = second === undefined ? rtp + 1 : Number(second)
  if (rtp > max || rtcp > max) throw new MalformedError(`${name} beyond ${max}`)
  return [rtp, rtcp]
}

/** By hand: a pattern that can share the blanks out in several ways takes a minute for 64 KiB of them. */
const parameterOf = (parameters: readonly string[], name: string): string | undefined => {
  for (const parameter of parameters) {
    const at = parameter.indexOf('=')
    if (at < 0 || parameter.slice(0, at).trim().toLowerCase() !== name) continue
    const value = parameter.slice(at + 1).trim()
    return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
  }
  return undefined
}
