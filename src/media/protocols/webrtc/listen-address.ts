import { isIP } from 'node:net'
import { MediaError } from '../../runtime/errors.ts'

const PORT_MAX = 65_535

/** `webrtc.listen` cannot be read. */
export class ListenAddressError extends MediaError {
  readonly code = 'listen_address'

  constructor(listen: string) {
    super(`webrtc.listen ${listen}: host:port, with /tcp or /udp behind it or not`)
  }
}

/** Where WebRTC listens, as `webrtc.listen` says (go2rtc's forms). */
export interface ListenAddress {
  /** Name or address, IPv6 without brackets; empty: all addresses. */
  readonly host: string
  /** The port that is named; 0: any free one. */
  readonly port: number
  /** What it is named for: configured candidates are of these. */
  readonly protocols: readonly ('udp' | 'tcp')[]
  /** UDP has any free port: the text names none, or one of TCP alone. */
  readonly isUdpElsewhere: boolean
}

/**
 * Reads `:8555` and `host:8555` (both protocols), either with `/udp` or `/tcp` behind it, `[::1]:8555`, and nothing
 * (UDP on any free port). With `/tcp`, UDP gets any free port. Throws a `ListenAddressError`.
 */
export const parseListenAddress = (listen: string): ListenAddress => {
  if (listen === '') return { host: '', port: 0, protocols: ['udp'], isUdpElsewhere: true }
  const [, bracketed, plain = '', portText = '', protocol] =
    /^(?:\[(.*)\]|([^[\]]*)):(\d{1,5})(?:\/(tcp|udp))?$/.exec(listen) ?? []
  const port = Number(portText)
  const isRight = bracketed === undefined ? !plain.includes(':') : isIP(bracketed) === 6
  if (portText === '' || port > PORT_MAX || !isRight) throw new ListenAddressError(listen)
  const protocols = protocol === undefined ? (['udp', 'tcp'] as const) : ([protocol as 'udp' | 'tcp'] as const)
  return { host: bracketed ?? plain, port, protocols, isUdpElsewhere: protocol === 'tcp' }
}
