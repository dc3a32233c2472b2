import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { type AuthorizedRequest, type Credentials, checkBasic, parseChallenges } from './authentication.ts'

/** What an `Authorization` header proves. */
export type AuthorizationCheck = 'absent' | 'wrong' | 'right'

/** Characters an `Authorization` header may have: real ones have some three hundred. */
const HEADER_CHARACTERS_MAX = 4096

/**
 * Asks one client for a user name and a password, by Basic or by Digest with MD5, as it likes (RFC
 * 7617, RFC 7616, and RFC 2069 for clients that know no `qop`). Its nonce is good for this client only.
 */
export class ServerAuthentication {
  readonly #credentials: Credentials
  readonly #realm: string
  readonly #nonce: string

  /** `random` makes the nonce. Default: 16 random bytes. */
  constructor(credentials: Credentials, realm: string, random: () => string = () => randomBytes(16).toString('hex')) {
    this.#credentials = credentials
    this.#realm = realm
    this.#nonce = random()
  }

  /**
   * The values of `WWW-Authenticate`, one header each. Basic comes first: clients that look at one header only
   * know it, and those that know Digest look for it.
   */
  get challenges(): readonly string[] {
    return [`Basic realm="${this.#realm}"`, `Digest realm="${this.#realm}", nonce="${this.#nonce}"`]
  }

  /** Checks an `Authorization` header, in a time that tells nothing of the password. */
  check(header: string | undefined, request: AuthorizedRequest): AuthorizationCheck {
    if (header === undefined || header === '') return 'absent'
    if (header.length > HEADER_CHARACTERS_MAX) return 'wrong'
    const isDigest = /^\s*digest\s/i.test(header)
    return isDigest ? this.#checkDigest(header, request) : checkBasic(header, this.#credentials)
  }

  #checkDigest(header: string, request: AuthorizedRequest): AuthorizationCheck {
    const parameters = parseChallenges([header])[0]?.parameters ?? new Map<string, string>()
    const said = (name: string): string => parameters.get(name) ?? ''
    const { username, password } = this.#credentials
    const known = said('nonce') === this.#nonce && said('realm') === this.#realm && covers(said('uri'), request.target)
    const algorithm = said('algorithm')
    if (!known || (algorithm !== '' && algorithm.toUpperCase() !== 'MD5')) return 'wrong'
    const secret = md5(`${username}:${this.#realm}:${password}`)
    const asked = md5(`${request.method}:${said('uri')}`)
    const counted = said('qop') === '' ? '' : `${said('nc')}:${said('cnonce')}:${said('qop')}:`
    const right = md5(`${secret}:${this.#nonce}:${counted}${asked}`)
    return sameText(said('username'), username) && sameText(said('response').toLowerCase(), right) ? 'right' : 'wrong'
  }
}

/** QUIRK some players sign the address of the stream for all its tracks: what is asked for must begin with it. */
const covers = (signed: string, target: string): boolean => signed !== '' && target.startsWith(signed)

const md5 = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex')

/** Compares hashes, so that the time tells nothing of where two texts differ. */
const sameText = (one: string, other: string): boolean => timingSafeEqual(sha256(one), sha256(other))

const sha256 = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest()
