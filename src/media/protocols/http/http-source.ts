import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { Credentials } from '../../net/authentication.ts'
import { escapeHashInPassword, SourceNotSupportedError, type SourceUrl, splitSource } from '../../streams/source-url.ts'

/** An `http:` source taken apart. */
export interface HttpSource {
  /** `http:` or `https:`, without credentials. */
  readonly url: URL
  readonly credentials?: Credentials
  /** Of `#header=`, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** `httpx:` is TLS whose certificate is not checked. */
  readonly unverified: boolean
}

/** Reads an `http:`, `https:` or `httpx:` source. Options that mean nothing here are passed over. Throws `SourceNotSupportedError`. */
export const parseHttpSource = (source: SourceUrl): HttpSource => {
  const { url: text, options } = splitSource(escapeHashInPassword(source))
  const unverified = /^httpx:/i.test(text)
  const url = URL.parse(text.replace(/^httpx:/i, 'https:'))
  if (url === null || url.hostname === '' || !/^https?:$/.test(url.protocol))
    throw malformed(source, 'is no HTTP address')
  const { username, password } = url
  url.username = ''
  url.password = ''
  const headers = options.flatMap(([key, value]) => (key === 'header' ? [parseHeader(value, source)] : []))
  const credentials = { username: decode(username), password: decode(password) }
  return { url, headers, unverified, ...(username !== '' && { credentials }) }
}

const parseHeader = (value: string, source: SourceUrl): readonly [string, string] => {
  const at = value.indexOf(':')
  const [name, content] = [value.slice(0, Math.max(0, at)).trim(), value.slice(at + 1).trim()]
  try {
    validateHeaderName(name)
    validateHeaderValue(name, content)
  } catch {
    throw malformed(source, 'has a #header that is not written as Name: value')
  }
  return [name, content]
}

/** A `%` that encodes nothing stands for itself: `100%` is a password people have. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const malformed = (source: SourceUrl, why: string): SourceNotSupportedError =>
  new SourceNotSupportedError('malformed_source', `"${source}" ${why}`)
