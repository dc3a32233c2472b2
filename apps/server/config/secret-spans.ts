/** A stretch of a text that is secret: from `start` to before `end`, in UTF-16 units. */
export interface SecretSpan {
  readonly start: number
  readonly end: number
}

/** Query and option parameters whose value is a secret, in lower case. */
const SECRET_PARAMETERS = [
  'access_token',
  'api_key',
  'apikey',
  'auth',
  'client_secret',
  'key',
  'loginpas',
  'pass',
  'passphrase',
  'passwd',
  'password',
  'pwd',
  'refresh_token',
  'secret',
  'session',
  'token',
]

const QUERY_SECRET = new RegExp(`[?&;](?:${SECRET_PARAMETERS.join('|')})=([^&;#\\s"'\\\\]+)`, 'gi')
const OPTION_SECRET = new RegExp(`#(?:${SECRET_PARAMETERS.join('|')})=([^#]+)`, 'gi')

/** Headers that carry a secret: `#header=Authorization: Bearer …`. */
const HEADER_SECRET = /#header=[\w-]*(?:authorization|cookie|token|key|secret|auth|password)[\w-]*:\s*([^#]+)/gi

/** What a reference begins with: a text that holds it by accident must not be taken for one. */
const REFERENCE_LOOKALIKE = /\{secret:/g

/**
 * Finds what must not be stored in clear in a source or a name: passwords of URLs anywhere in it
 * (also in `ffmpeg:rtsp://…` and `#input=…`), known secret parameters and headers. In order, not overlapping.
 */
export const findSecrets = (text: string): readonly SecretSpan[] => {
  const found = [
    ...matches(text, REFERENCE_LOOKALIKE, 0),
    ...urlPasswords(text),
    ...matches(text, QUERY_SECRET, 1),
    ...matches(text, OPTION_SECRET, 1),
    ...matches(text, HEADER_SECRET, 1),
  ]
  return withoutOverlap(found)
}

/** The passwords of every `scheme://user:password@` in a text. */
export const urlPasswords = (text: string): readonly SecretSpan[] => {
  const spans: SecretSpan[] = []
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const start = at + 3
    const end = userinfoEnd(text, start)
    if (end === undefined) continue
    const colon = text.indexOf(':', start)
    if (colon < 0 || colon + 1 >= end) continue
    spans.push({ start: colon + 1, end })
  }
  return spans
}

/**
 * Where the userinfo that begins at `start` ends. People write passwords with `@`, `#`, `?` and `/`
 * as they are: those are followed as far as the text cannot be a host and its options instead.
 */
const userinfoEnd = (text: string, start: number): number | undefined => {
  const line = text.slice(start, wordEnd(text, start))
  const authority = cutAt(line, /[/?#]/)
  const rest = line.slice(authority.length)
  const extension = authority.includes('@') ? /^#(?![\w.-]+(?:[=#]|$))/ : /^[/?#]/
  const plain = authority.lastIndexOf('@')
  const isHost = plain < 0 && (!authority.includes(':') || /^(?:[^:]*|\[[^\]]*\]):\d{0,5}$/.test(authority))
  if (!isHost && extension.test(rest)) {
    const later = authority.length + cutAt(rest.slice(1), /[/]/).length + 1
    const extended = line.slice(0, plain < 0 ? line.length : later).lastIndexOf('@')
    if (extended > plain) return start + extended
  }
  return plain < 0 ? undefined : start + plain
}

const wordEnd = (text: string, start: number): number => {
  const length = text.slice(start).search(/[\s"'`<>]/)
  return length < 0 ? text.length : start + length
}

const cutAt = (text: string, end: RegExp): string => {
  const at = text.search(end)
  return at < 0 ? text : text.slice(0, at)
}

const matches = (text: string, pattern: RegExp, group: number): readonly SecretSpan[] =>
  [...text.matchAll(pattern)].map(match => {
    const value = match[group]!
    const end = match.index + match[0].length
    return { start: end - value.length, end }
  })

const withoutOverlap = (spans: readonly SecretSpan[]): readonly SecretSpan[] => {
  const merged: SecretSpan[] = []
  for (const span of spans.toSorted((left, right) => left.start - right.start || left.end - right.end)) {
    const last = merged.at(-1)
    if (last === undefined || span.start >= last.end) merged.push(span)
    else if (span.end > last.end) merged[merged.length - 1] = { start: last.start, end: span.end }
  }
  return merged
}
