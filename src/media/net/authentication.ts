import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A user name and a password, as a person would type them. */
export interface Credentials {
  readonly username: string
  readonly password: string
}

/** One way a server offers to be convinced (RFC 9110 §11.3): scheme in lower case, parameter names too. */
export interface Challenge {
  readonly scheme: string
  readonly parameters: ReadonlyMap<string, string>
}

/** Characters and challenges a server may send us: real ones have hundreds and one to three. */
const CHALLENGE_CHARACTERS_MAX = 8192
const CHALLENGES_MAX = 16

/** Digest algorithms (RFC 7616 §3.2, §6.1), best first, with the names of their hash functions here. */
const digestAlgorithms: readonly (readonly [name: string, hash: string])[] = [
  ['SHA-512-256', 'sha512-256'],
  ['SHA-256', 'sha256'],
  ['MD5', 'md5'],
]

/** Reads the values of all `WWW-Authenticate` headers; one may hold several challenges. What is no challenge is left out. */
export const parseChallenges = (values: readonly string[]): readonly Challenge[] => {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  // One class for all that separates: two that overlap would try every way of sharing the blanks between them.
  const item = /[\s,]*(?:([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w-]+)(?=\s|,|$))/gy
  for (const value of values) {
    const text = value.slice(0, CHALLENGE_CHARACTERS_MAX)
    item.lastIndex = 0
    for (let found = item.exec(text); found !== null; found = item.exec(text)) {
      const [whole, name, quoted, token, scheme] = found
      if (whole === '') break
      if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() })
      else if (name !== undefined)
        challenges.at(-1)?.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '')
      if (challenges.length >= CHALLENGES_MAX) return challenges
    }
  }
  return challenges
}

/** The safest challenge we can answer: Digest by its algorithm, then Basic; `undefined` when there is none. */
export const pickChallenge = (challenges: readonly Challenge[]): Challenge | undefined => {
  for (const [name] of digestAlgorithms) {
    const found = challenges.find(one => one.scheme === 'digest' && algorithmOf(one) === name && answersQop(one))
    if (found !== undefined) return found
  }
  return challenges.find(one => one.scheme === 'basic')
}

/** What is being asked for: a digest covers it. */
export interface AuthorizedRequest {
  readonly method: string
  readonly target: string
}

/** Convinces one server that we know the password; remembers how it wants to be convinced. */
export class ClientAuthentication {
  readonly #credentials: Credentials
  readonly #random: () => string
  #challenge: Challenge | undefined
  #count = 0

  /** `random` makes the client's nonce. Default: 8 random bytes. */
  constructor(credentials: Credentials, random: () => string = () => randomBytes(8).toString('hex')) {
    this.#credentials = credentials
    this.#random = random
  }

  /** Takes the challenges of a 401; `false` when none can be answered. */
  accept(values: readonly string[]): boolean {
    this.#challenge = pickChallenge(parseChallenges(values))
    this.#count = 0
    return this.#challenge !== undefined
  }

  /** Whether the last challenge only says that its nonce was too old (RFC 7616 §3.3). */
  get stale(): boolean {
    return this.#challenge?.parameters.get('stale')?.toLowerCase() === 'true'
  }

  /** The `Authorization` header of a request; `undefined` until a challenge has come. */
  authorize(request: AuthorizedRequest): string | undefined {
    if (this.#challenge === undefined) return undefined
    if (this.#challenge.scheme === 'basic') return formatBasic(this.#credentials)
    this.#count++
    return formatDigest(this.#challenge, this.#credentials, request, this.#count, this.#random())
  }
}

/** The `Authorization` header of Basic authentication (RFC 7617 §2). */
export const formatBasic = ({ username, password }: Credentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`

/** What an `Authorization` header proves, by Basic authentication. */
export type BasicCheck = 'absent' | 'wrong' | 'right'

/** Checks an `Authorization` header in a time that tells nothing of the password. */
export const checkBasic = (header: string | undefined, credentials: Credentials): BasicCheck => {
  if (header === undefined || header === '') return 'absent'
  const [, encoded] = /^basic +([\w+/=-]{0,8192})$/i.exec(header.trim()) ?? []
  if (encoded === undefined) return 'wrong'
  const given = sha256(Buffer.from(encoded, 'base64'))
  const wanted = sha256(Buffer.from(`${credentials.username}:${credentials.password}`, 'utf8'))
  return timingSafeEqual(given, wanted) ? 'right' : 'wrong'
}

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()

const algorithmOf = (challenge: Challenge): string =>
  (challenge.parameters.get('algorithm') || 'MD5').toUpperCase().replace(/-SESS$/, '')

/** RFC 2069 has no `qop`; of those of RFC 7616, `auth-int` alone is not ours. */
const answersQop = (challenge: Challenge): boolean => {
  const qop = challenge.parameters.get('qop')
  return qop === undefined || qop === '' || hasAuth(qop)
}

const hasAuth = (qop: string): boolean => /(?:^|[\s,])auth(?:$|[\s,])/i.test(qop)

/** RFC 7616 §3.4; without `qop`, RFC 2069 §2.1.2. */
const formatDigest = (
  { parameters }: Challenge,
  { username, password }: Credentials,
  { method, target }: AuthorizedRequest,
  count: number,
  clientNonce: string,
): string => {
  const algorithm = parameters.get('algorithm')
  const name = (algorithm || 'MD5').toUpperCase()
  const hashName = digestAlgorithms.find(([known]) => name === known || name === `${known}-SESS`)?.[1] ?? 'md5'
  const hash = (text: string): string => createHash(hashName).update(text, 'utf8').digest('hex')
  const realm = parameters.get('realm') ?? ''
  const nonce = parameters.get('nonce') ?? ''
  const opaque = parameters.get('opaque')
  const withQop = hasAuth(parameters.get('qop') ?? '')
  const session = name.endsWith('-SESS')
  const nonceCount = count.toString(16).padStart(8, '0')
  const user = hash(`${username}:${realm}:${password}`)
  const secret = session ? hash(`${user}:${nonce}:${clientNonce}`) : user
  const asked = hash(`${method}:${target}`)
  const response = hash(
    withQop ? `${secret}:${nonce}:${nonceCount}:${clientNonce}:auth:${asked}` : `${secret}:${nonce}:${asked}`,
  )
  const fields = [
    `username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(target)}`,
    `response="${response}"`,
  ]
  if (algorithm) fields.push(`algorithm=${algorithm}`)
  if (opaque !== undefined) fields.push(`opaque=${quote(opaque)}`)
  if (withQop) fields.push('qop=auth', `nc=${nonceCount}`)
  if (withQop || session) fields.push(`cnonce="${clientNonce}"`)
  return `Digest ${fields.join(', ')}`
}

const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`
