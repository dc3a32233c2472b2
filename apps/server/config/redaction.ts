import { urlPasswords } from './secret-spans.ts'
import { HIDDEN } from './secret-template.ts'

/** Characters a secret needs to be replaced wherever it stands; shorter ones would blank half of every text. */
const PLAIN_SECRET_CHARACTERS_MIN = 4

/** Secrets kept for redaction: beyond any real number of cameras. */
const SECRETS_MAX = 100_000

/** Replaces every known secret in texts for logs, answers and errors by `***`. */
export class Redaction {
  /** By their first characters, longest first. */
  readonly #byPrefix = new Map<string, string[]>()
  readonly #known = new Set<string>()

  /** Learns a secret, as it is and percent-encoded. */
  add(secret: string): void {
    for (const form of forms(secret)) {
      if (form.length < PLAIN_SECRET_CHARACTERS_MIN || this.#known.has(form) || this.#known.size >= SECRETS_MAX)
        continue
      this.#known.add(form)
      const prefix = form.slice(0, PLAIN_SECRET_CHARACTERS_MIN)
      const others = this.#byPrefix.get(prefix) ?? []
      this.#byPrefix.set(
        prefix,
        [...others, form].sort((left, right) => right.length - left.length),
      )
    }
  }

  /** The text without its secrets: those it has learned, and the password of any URL with credentials. */
  redact(text: string): string {
    return this.#withoutKnown(withoutUrlPasswords(text))
  }

  #withoutKnown(text: string): string {
    if (this.#known.size === 0) return text
    let redacted = ''
    let last = 0
    for (let at = 0; at + PLAIN_SECRET_CHARACTERS_MIN <= text.length; at++) {
      const candidates = this.#byPrefix.get(text.slice(at, at + PLAIN_SECRET_CHARACTERS_MIN))
      const secret = candidates?.find(candidate => text.startsWith(candidate, at))
      if (secret === undefined) continue
      redacted += text.slice(last, at) + HIDDEN
      last = at + secret.length
      at = last - 1
    }
    return redacted + text.slice(last)
  }
}

const withoutUrlPasswords = (text: string): string => {
  let redacted = ''
  let last = 0
  for (const { start, end } of urlPasswords(text)) {
    if (start < last) continue
    redacted += text.slice(last, start) + HIDDEN
    last = end
  }
  return redacted + text.slice(last)
}

/** A secret is also found percent-encoded, and a percent-encoded one also as it means. */
const forms = (secret: string): readonly string[] => {
  const encoded = encodeURIComponent(secret)
  try {
    return [secret, encoded, decodeURIComponent(secret)]
  } catch {
    return [secret, encoded]
  }
}
