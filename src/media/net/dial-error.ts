import { BlockList, isIP } from 'node:net'
import { MediaError } from '../runtime/errors.ts'

/** Why a connection could not be opened. */
export type DialErrorCode =
  | 'host_not_found'
  | 'connection_refused'
  | 'timed_out'
  | 'unreachable'
  | 'certificate_refused'
  | 'address_not_allowed'

interface DialTarget {
  readonly host: string
  readonly port: number
  readonly timeoutMs: number
}

const sentences: Record<DialErrorCode, (target: DialTarget) => string> = {
  host_not_found: ({ host }) => `no device named "${host}" was found on the network`,
  connection_refused: ({ host, port }) => `${host} is there, but nothing answers on port ${port}`,
  timed_out: ({ host, port, timeoutMs }) =>
    `${host} did not answer on port ${port} within ${timeoutMs / 1000} s: it may be switched off, or the address wrong`,
  unreachable: ({ host, port }) => `${host} (port ${port}) cannot be reached from here`,
  certificate_refused: ({ host, port }) =>
    `the certificate of ${host} (port ${port}) could not be verified: rtspx:// and httpx:// connect without checking it`,
  address_not_allowed: ({ host, port }) =>
    `${host} (port ${port}) is the address of a cloud's metadata service, which is no camera`,
}

/** A connection that could not be opened, told so that a person knows what to check. */
export class DialError extends MediaError {
  readonly code: DialErrorCode
  readonly host: string
  readonly port: number

  constructor(code: DialErrorCode, target: DialTarget, cause?: unknown) {
    super(sentences[code](target), { cause })
    this.code = code
    this.host = target.host
    this.port = target.port
  }
}

const codes: Readonly<Record<string, DialErrorCode>> = {
  ENOTFOUND: 'host_not_found',
  EAI_AGAIN: 'host_not_found',
  EAI_FAIL: 'host_not_found',
  ENODATA: 'host_not_found',
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_refused',
  EPIPE: 'connection_refused',
  ETIMEDOUT: 'timed_out',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
}

/** What the system said of a failed connection, as a `DialError` with the original as its cause. */
export const dialError = (cause: Error, target: DialTarget): DialError => {
  if (cause instanceof DialError) return cause
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  if (/CERT|SELF_SIGNED|VERIFY|ISSUER/.test(code)) return new DialError('certificate_refused', target, cause)
  return new DialError(codes[code] ?? 'unreachable', target, cause)
}

/** Where clouds answer with credentials. No camera lives there, and a camera's redirect may point there. */
const metadataAddresses = new BlockList()
for (const [address, family] of [
  ['169.254.169.254', 'ipv4'], // nearly all of them
  ['fd00:ec2::254', 'ipv6'], // Amazon EC2
  ['fd20:ce::254', 'ipv6'], // Google
  ['169.254.170.2', 'ipv4'], // Amazon's containers
  ['169.254.170.23', 'ipv4'], // Amazon's Kubernetes
  ['fd00:ec2::23', 'ipv6'],
  ['168.63.129.16', 'ipv4'], // Azure's agent
  ['100.100.100.200', 'ipv4'], // Alibaba
  ['192.0.0.192', 'ipv4'], // Oracle
] as const)
  metadataAddresses.addAddress(address, family)

/** Whether an address, in any of its forms, is that of a cloud's metadata service; a name is not. */
export const isMetadataAddress = (address: string): boolean => {
  const version = isIP(address)
  return version !== 0 && metadataAddresses.check(address, version === 6 ? 'ipv6' : 'ipv4')
}
