import type { IncomingMessage } from 'node:http'
import { checkBasic } from './authentication.ts'
import { isCrossSite, isFromPage, isOwnHost, type OriginRules } from './origin.ts'
import { leastTrusted, plainAddress, type Ring, ringOf } from './ring.ts'

/** Who may come in; the part of the settings that concerns it. */
export interface AccessRules extends OriginRules {
  readonly username: string
  readonly password: string
  readonly localAuth: boolean
}

/** Somebody who was let in. */
export interface Caller {
  /** Without a port; empty for a unix socket. */
  readonly address: string
  /** The least trusted of its socket and of what forwarding headers claim. */
  readonly ring: Ring
  /** Set when credentials were asked for and given. */
  readonly user?: string
}

/** Why somebody was not let in; `message` is for people. */
export interface Rejection {
  readonly status: 401 | 403 | 421
  readonly message: string
  readonly headers: Readonly<Record<string, string>>
}

/** What becomes of a request before anybody reads it. */
export type Admission = { readonly caller: Caller } | { readonly rejection: Rejection }

/** The part of a request that is looked at. */
export type Knock = Pick<IncomingMessage, 'method' | 'headers'> & { readonly remoteAddress: string | undefined }

/** Methods that change nothing (RFC 9110 §9.2.1). */
const safeMethods: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Decides whether a request may go on: credentials first, as go2rtc does, then where it comes from, then by
 * which name the server was called, then which page sent it. Pure.
 */
export const admit = (knock: Knock, rules: AccessRules): Admission => {
  const { headers } = knock
  const socketRing = ringOf(knock.remoteAddress)
  const ring = leastTrusted(socketRing, headers)
  const changes = !safeMethods.has(knock.method)
  const trusted = changes ? ring : socketRing
  const presented = rules.username === '' ? 'none' : checkBasic(headers.authorization, rules)
  if (rules.username !== '' && presented !== 'right' && !(trusted === 'local' && !rules.localAuth)) return unauthorized
  if (rules.username === '' && trusted === 'far') return strangers
  if (!isOwnHost(headers.host, rules) && (changes || isFromPage(headers))) return misdirected
  if (changes && isCrossSite(headers, rules)) return foreignPage
  const address = plainAddress(knock.remoteAddress ?? '')
  return { caller: { address, ring, ...(presented === 'right' ? { user: rules.username } : {}) } }
}

/** Whether a caller may do what only the server's owner may: read its configuration, end it. */
export const isOwner = (caller: Caller): boolean => caller.ring === 'local' || caller.user !== undefined

const reject = (
  status: Rejection['status'],
  message: string,
  headers: Rejection['headers'] = {},
): { readonly rejection: Rejection } => ({ rejection: { status, message, headers } })

const unauthorized = reject(401, 'Unauthorized', { 'www-authenticate': 'Basic realm="go2rtc"' })

// 403 and not 401: nobody has credentials yet, so a browser must not ask for them.
const strangers = reject(
  403,
  'This server answers only its own network until api.username and api.password are set in go2rtc.yaml.',
)

const misdirected = reject(
  421,
  'This server does not know itself by the name in the Host header. Use its address, or add the name to api.allow_hosts in go2rtc.yaml.',
)

const foreignPage = reject(
  403,
  'A page of another site may not change anything here. If it is yours, set api.origin in go2rtc.yaml.',
)
