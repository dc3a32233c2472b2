import { findSecrets } from './secret-spans.ts'

/** A reference as it stands in a stored source. */
const REFERENCE = /\{secret:([0-9a-f]{32})\}/g

/** A variable with an optional default, as go2rtc writes it. */
const VARIABLE = /\$\{[^}{:]+(?::([^}{]*))?\}/g

/** What stands in place of a secret where it may not be seen. */
export const HIDDEN = '***'

/**
 * A text with references in place of its secrets. `${VAR}` stays as written, and so does
 * `${VAR:default}` but for the default.
 */
export const sealTemplate = (text: string, reference: (secret: string) => string): string => {
  let sealed = ''
  let last = 0
  for (const { start, end } of findSecrets(text)) {
    sealed += text.slice(last, start) + sealAround(text.slice(start, end), reference)
    last = end
  }
  return sealed + text.slice(last)
}

/** A template as it was written; what `secretOf` does not know is shown as `***`. */
export const openTemplate = (template: string, secretOf: (reference: string) => string | undefined): string =>
  template.replace(REFERENCE, (_all, reference: string) => secretOf(reference) ?? HIDDEN)

/** A template with `***` in place of every secret. */
export const showTemplate = (template: string): string => template.replace(REFERENCE, HIDDEN)

/** The references in a template. */
export const referencesIn = (template: string): readonly string[] =>
  [...template.matchAll(REFERENCE)].map(match => match[1]!)

const sealAround = (secret: string, reference: (secret: string) => string): string => {
  let sealed = ''
  let last = 0
  const hide = (clear: string): string => (clear === '' ? '' : `{secret:${reference(clear)}}`)
  for (const match of secret.matchAll(VARIABLE)) {
    const [whole, fallback = ''] = match
    const head = whole.slice(0, whole.length - 1 - fallback.length)
    sealed += `${hide(secret.slice(last, match.index))}${head}${hide(fallback)}}`
    last = match.index + whole.length
  }
  return sealed + hide(secret.slice(last))
}
