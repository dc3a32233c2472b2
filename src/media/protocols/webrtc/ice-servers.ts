import { isMetadataAddress } from '../../net/dial-error.ts'

/** Servers that one peer may have asked: what comes after them is passed over. */
const SERVERS_MAX = 8
const URL_CHARACTERS_MAX = 512
const PORT_MAX = 65_535
/** Ports where the URL names none (RFC 7064 §3.2, RFC 7065 §3.1). */
const DEFAULT_PORT = 3478
const DEFAULT_SECURE_PORT = 5349

/** Servers that know each other's credentials, as `ice_servers` lists them. */
export interface IceServer {
  /** `stun:`, `turn:` and `turns:` (RFC 7064, RFC 7065). */
  readonly urls: readonly string[]
  readonly username?: string
  readonly credential?: string
}

/** A server that tells how it sees us. */
export interface StunServer {
  readonly kind: 'stun'
  readonly url: string
  readonly host: string
  readonly port: number
}

/** A server that relays for us. */
export interface TurnServer {
  readonly kind: 'turn'
  readonly url: string
  readonly host: string
  readonly port: number
  readonly transport: 'udp' | 'tcp' | 'tls'
  readonly username: string
  readonly credential: string
}

/** The servers of a list, in its order; what is none, and the addresses of clouds' metadata services, is passed over. */
export const parseIceServers = (servers: readonly IceServer[]): readonly (StunServer | TurnServer)[] =>
  servers
    .flatMap(({ urls, username = '', credential = '' }) =>
      urls.flatMap(url => parseServer(url, username, credential) ?? []),
    )
    .slice(0, SERVERS_MAX)

const parseServer = (url: string, username: string, credential: string): StunServer | TurnServer | undefined => {
  if (url.length > URL_CHARACTERS_MAX) return undefined
  const pattern = /^(stun|stuns|turn|turns):(?:\/\/)?(?:\[([0-9a-f:.]+)\]|([^:?/[\]@\s]+))(?::(\d{1,5}))?(?:\?(.*))?$/i
  const [, scheme = '', bracketed, plain = '', portText, query = ''] = pattern.exec(url.trim()) ?? []
  const host = bracketed ?? plain
  const isSecure = scheme.toLowerCase() === 'turns'
  const port = portText === undefined ? (isSecure ? DEFAULT_SECURE_PORT : DEFAULT_PORT) : Number(portText)
  if (host === '' || port === 0 || port > PORT_MAX || isMetadataAddress(host)) return undefined
  switch (scheme.toLowerCase()) {
    case 'stun':
      return { kind: 'stun', url, host, port }
    case 'turn':
    case 'turns': {
      const transport = new URLSearchParams(query).get('transport')?.toLowerCase() ?? (isSecure ? 'tcp' : 'udp')
      // DTLS to the server (turns: over UDP) is what nobody offers.
      if (transport !== 'tcp' && (transport !== 'udp' || isSecure)) return undefined
      return { kind: 'turn', url, host, port, username, credential, transport: isSecure ? 'tls' : transport }
    }
    // STUN by TLS could only tell the address of a connection, which is of no use to others.
    default:
      return undefined
  }
}
