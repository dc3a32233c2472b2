import { createHash, timingSafeEqual } from 'node:crypto'

/** Characters an `Authorization` header may have: a name and a password of a kilobyte each fit. */
const HEADER_LENGTH_MAX = 4096

/** A name and a password. */
export interface Credentials {
  readonly username: string
  readonly password: string
}

/** What a request's `Authorization` header amounts to. */
export type Presented = 'right' | 'wrong' | 'none'

/**
 * Compares a Basic `Authorization` header (RFC 7617 §2) with the credentials that are asked for. Takes the same
 * time whether the name or the password is wrong. Whatever the header holds, it never throws.
 */
export const checkBasic = (header: string | undefined, asked: Credentials): Presented => {
  if (header === undefined) return 'none'
  const token = header.length > HEADER_LENGTH_MAX ? undefined : /^basic +([A-Za-z0-9+/_=-]*)\s*$/i.exec(header)?.[1]
  if (token === undefined) return 'wrong'
  const pair = Buffer.from(token, 'base64')
  const colon = pair.indexOf(':')
  const nameFits = sameBytes(colon < 0 ? pair : pair.subarray(0, colon), Buffer.from(asked.username))
  const passwordFits = sameBytes(colon < 0 ? Buffer.alloc(0) : pair.subarray(colon + 1), Buffer.from(asked.password))
  return colon >= 0 && nameFits && passwordFits ? 'right' : 'wrong'
}

/** Hashes first: comparing needs equal lengths, and the length would tell something. */
const sameBytes = (one: Buffer, other: Buffer): boolean => timingSafeEqual(digest(one), digest(other))

const digest = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()
