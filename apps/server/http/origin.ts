import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'

/** Endings that nobody can register in public (RFC 6762 §3, RFC 8375, RFC 6761 §6.3 and common routers' own). */
const privateEndings = ['.local', '.localhost', '.home.arpa', '.internal', '.lan', '.localdomain', '.home'] as const

/** What the configuration says of web pages. */
export interface OriginRules {
  /** `*`, an origin, or empty. */
  readonly origin: string
  readonly allowHosts: readonly string[]
}

/** A host without its port, in lower case and without the brackets of IPv6. */
export const hostName = (host: string): string =>
  host
    .trim()
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')

/**
 * Whether a `Host` names this server as somebody here would: by address, by a name without dots, by a private
 * ending, by this machine's name, or as configured. A name that anybody could have registered may have been
 * pointed here behind a browser's back (DNS rebinding).
 */
export const isOwnHost = (host: string | undefined, rules: OriginRules): boolean => {
  if (host === undefined) return true
  const name = hostName(host)
  if (isIP(name) !== 0 || !name.includes('.')) return true
  if (privateEndings.some(ending => name.endsWith(ending))) return true
  return name === hostname().toLowerCase() || listedHosts(rules).includes(name)
}

const listedHosts = (rules: OriginRules): readonly string[] => {
  const listed = rules.allowHosts.map(hostName)
  const origin = originHost(rules.origin)
  return origin === undefined ? listed : [...listed, hostName(origin)]
}

/** The host with its port of an origin (RFC 6454 §6.2); `undefined` for `null`, `*` and everything else. */
const originHost = (origin: string): string | undefined => /^https?:\/\/([^/\s]+)$/i.exec(origin)?.[1]?.toLowerCase()

/** Whether only a browser would have sent these headers, on behalf of a page. */
export const isFromPage = (headers: IncomingHttpHeaders): boolean => {
  const site = headers['sec-fetch-site']
  return headers.origin !== undefined || headers.referer !== undefined || (site !== undefined && site !== 'none')
}

/** Whether a page of another site is behind a request that changes something. */
export const isCrossSite = (headers: IncomingHttpHeaders, rules: OriginRules): boolean => {
  if (rules.origin === '*') return false
  const { origin } = headers
  if (origin !== undefined && isListed(origin, rules)) return false
  const site = headers['sec-fetch-site']
  if (site === 'cross-site') return true
  // A page cannot write this header itself: behind a proxy that changes Host, only it tells the truth.
  if (origin === undefined || site === 'same-origin') return false
  const host = originHost(origin)
  const forwarded = headers['x-forwarded-host']
  return host === undefined || (host !== headers.host?.toLowerCase() && host !== forwarded)
}

const isListed = (origin: string, rules: OriginRules): boolean => {
  const host = originHost(origin)
  if (host === undefined) return false
  return origin.toLowerCase() === rules.origin.toLowerCase() || rules.allowHosts.map(hostName).includes(hostName(host))
}

/** go2rtc's rule for `/api/ws`: no origin, the host with or without its port, or what the configuration allows. */
export const mayOpenWebSocket = (headers: IncomingHttpHeaders, rules: OriginRules): boolean => {
  const { origin } = headers
  if (origin === undefined || rules.origin === '*' || isListed(origin, rules)) return true
  const host = originHost(origin)
  if (host === undefined) return false
  const own = headers.host?.toLowerCase() ?? ''
  return host === own || hostName(host) === hostName(own) || host === headers['x-forwarded-host']
}
