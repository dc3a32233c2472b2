import { HIDDEN } from '../config/secret-template.ts'
import type { SecretVault } from '../database/secret-vault.ts'
import { Refusal } from './control-plane.ts'

/** `scheme://user:`, a reference, `@host:port`: a password and the only place it may be sent to. */
const CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/[^/?#\s:@]*:)(\{secret:[0-9a-f]{32}\})(@[^/?#\s]*)/gi

/**
 * A source as it is stored. One that the stream has already is kept as it is, however it was shown:
 * in full, with variables resolved, or with `***`. Elsewhere a password `***` stands for the one that
 * this stream has for the same user and host, never for another address. Throws `Refusal` `source_invalid`.
 */
export const sealSource = (source: string, index: number, kept: readonly KeptSource[], vault: SecretVault): string => {
  const same = [kept[index], ...kept].find(candidate => candidate?.faces.includes(source))
  if (same !== undefined) return same.template
  if (!source.includes(HIDDEN)) return vault.seal(source)
  const hidden = vault.describe(`x://x:${HIDDEN}@x`).slice('x://x:'.length, -'@x'.length)
  const sealed = credentialsOf(kept).reduce(
    (text, [before, reference, after]) => replaceAddress(text, before + hidden + after, before + reference + after),
    vault.seal(source),
  )
  if (!sealed.includes(hidden)) return sealed
  throw new Refusal(
    'source_invalid',
    `write the password itself in place of ${HIDDEN}: it is not known for this address`,
  )
}

/** A source a stream has, and every form in which it is given out. */
export interface KeptSource {
  readonly template: string
  /** As written, resolved, and with `***`. */
  readonly faces: readonly string[]
}

const credentialsOf = (kept: readonly KeptSource[]): readonly (readonly [string, string, string])[] =>
  kept.flatMap(({ template }) =>
    [...template.matchAll(CREDENTIALS)].map(match => [match[1]!, match[2]!, match[3]!] as const),
  )

/** Replaces an address where it is over, never the beginning of another one: `@h` is not `@h.example`. */
const replaceAddress = (text: string, address: string, replacement: string): string => {
  const [first = '', ...rest] = text.split(address)
  return rest.reduce((done, piece) => done + (/^(?:$|[/?#\s"'&])/.test(piece) ? replacement : address) + piece, first)
}
