import type { Credentials } from '../../net/authentication.ts'
import { isPrivateAddress } from '../../net/socket-address.ts'
import { SourceNotSupportedError } from '../../streams/source-url.ts'

/** Registered with IANA for `rtsp`. */
const DEFAULT_PORT = 554

/** A camera's address taken apart. */
export interface RtspUrl {
  /** `rtspx` is TLS whose certificate is not checked. */
  readonly scheme: 'rtsp' | 'rtsps' | 'rtspx'
  /** Without brackets. */
  readonly host: string
  readonly port: number
  /** Path and query as written, beginning with `/` or `?`; may be empty. */
  readonly path: string
  readonly credentials?: Credentials
}

/**
 * Reads an RTSP URL as people write it: credentials may be percent-encoded or hold `@`, `/` and
 * other characters that should have been, where no other reading makes sense. Throws
 * `SourceNotSupportedError`.
 */
export const parseRtspUrl = (text: string): RtspUrl => {
  const [, schemeText = '', rest = ''] = /^(rtsp[sx]?):\/\/(.*)$/is.exec(withoutRepeatedScheme(text)) ?? []
  const scheme = schemeText.toLowerCase()
  if (scheme !== 'rtsp' && scheme !== 'rtsps' && scheme !== 'rtspx')
    throw malformed(text, 'it does not begin with rtsp://')
  const { userinfo, authority, path } = splitAuthority(rest)
  const { host, port } = splitHost(authority, text)
  const credentials = userinfo === undefined ? undefined : parseUserinfo(userinfo)
  return { scheme, host, port, path, ...(credentials !== undefined && { credentials }) }
}

/** The URL as it is sent to the camera: without credentials, and with nothing that could end a line. */
export const formatTarget = (url: RtspUrl): string => {
  const host = url.host.includes(':') ? `[${url.host}]` : url.host
  const port = url.port === DEFAULT_PORT ? '' : `:${url.port}`
  // TLS is below RTSP: cameras expect the scheme they know, and `rtspx` is none of theirs.
  const scheme = url.scheme === 'rtspx' ? 'rtsps' : url.scheme
  return `${scheme}://${host}${port}${escapeForLine(url.path)}`
}

/**
 * Who we are to another address that belongs to a camera: as it says itself, or as for the camera
 * where it is the same host or another device of a private network. A camera cannot make us tell
 * its password to the internet.
 */
export const credentialsFor = (
  to: { readonly hostname: string; readonly username: string; readonly password: string },
  camera: RtspUrl,
): Credentials | undefined => {
  if (to.username !== '') return { username: decode(to.username), password: decode(to.password) }
  return isTrusted(to.hostname.replace(/^\[|\]$/g, ''), camera) ? camera.credentials : undefined
}

/** Whether what is asked of a camera may be told to this host as well. */
export const isTrusted = (host: string, camera: RtspUrl): boolean =>
  host.toLowerCase() === camera.host.toLowerCase() || isPrivateAddress(host)

/** A target with everything percent-encoded that may not stand in a request line. */
export const escapeForLine = (target: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the line.
  target.replace(/[\u0000-\u0020\u007f-\uffff]+/g, characters => encodeURIComponent(characters.toWellFormed()))

/** QUIRK `rtsp://rtsp://host/`: links that some camera apps show, pasted behind a form's own prefix. */
const withoutRepeatedScheme = (text: string): string => text.replace(/^rtsp[sx]?:\/\/(?=rtsp[sx]?:\/\/)/i, '')

interface AuthorityParts {
  readonly userinfo?: string
  readonly authority: string
  readonly path: string
}

const splitAuthority = (rest: string): AuthorityParts => {
  const end = rest.search(/[/?]/)
  const first = end < 0 ? rest : rest.slice(0, end)
  // A password with `/` or `?`: what stands before it is no host and port, and an `@` follows.
  if (!first.includes('@') && !looksLikeHost(first)) {
    const at = rest.indexOf('@')
    if (at >= 0) return { userinfo: rest.slice(0, at), ...splitPath(rest.slice(at + 1)) }
  }
  const at = first.lastIndexOf('@')
  if (at < 0) return splitPath(rest)
  return { userinfo: rest.slice(0, at), ...splitPath(rest.slice(at + 1)) }
}

const splitPath = (rest: string): { readonly authority: string; readonly path: string } => {
  const end = rest.search(/[/?]/)
  return end < 0 ? { authority: rest, path: '' } : { authority: rest.slice(0, end), path: rest.slice(end) }
}

const looksLikeHost = (text: string): boolean => /^(\[[\da-f:.%\w]*\]|[^:]*|[\da-f:.]+)(:\d*)?$/i.test(text)

const splitHost = (authority: string, text: string): { readonly host: string; readonly port: number } => {
  const bracketed = /^\[([\da-f:.]+(?:%\w+)?)\](?::(\d*))?$/i.exec(authority)
  // QUIRK `rtsp://::ffff:192.168.1.5/`: IPv4-mapped IPv6 without brackets, as a Dahua doorbell redirects to.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)(?::(\d*))?$/i.exec(authority)
  const plain = /^([^:\s[\]]+)(?::(\d*))?$/.exec(authority)
  const [, host, portText] = bracketed ?? mapped ?? plain ?? []
  if (host === undefined) throw malformed(text, 'its host is missing or unreadable')
  const port = portText === undefined || portText === '' ? DEFAULT_PORT : Number(portText)
  if (port < 1 || port > 65_535) throw malformed(text, `${port} is no port`)
  return { host, port }
}

const parseUserinfo = (userinfo: string): Credentials | undefined => {
  if (userinfo === '') return undefined
  const at = userinfo.indexOf(':')
  if (at < 0) return { username: decode(userinfo), password: '' }
  return { username: decode(userinfo.slice(0, at)), password: decode(userinfo.slice(at + 1)) }
}

/** A `%` that encodes nothing stands for itself: `100%` is a password people have. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const malformed = (text: string, why: string): SourceNotSupportedError =>
  new SourceNotSupportedError('malformed_source', `"${text}" is no RTSP address: ${why}`)
