import { MediaError } from '../runtime/errors.ts'

declare const checked: unique symbol

/** A source that has been checked to have a scheme; as written, and may hold credentials. */
export type SourceUrl = string & { readonly [checked]: 'SourceUrl' }

/** Bytes a source may have: go2rtc's ffmpeg sources with their parameters stay far below. */
const SOURCE_BYTES_MAX = 8192

/** A source nobody here can dial, or that is no source at all. */
export class SourceNotSupportedError extends MediaError {
  readonly code: 'unsupported_scheme' | 'malformed_source' | 'insecure_source'
  /** go2rtc's sentence for it. */
  readonly go2rtcMessage: string

  constructor(code: SourceNotSupportedError['code'], message: string) {
    super(message)
    this.code = code
    this.go2rtcMessage =
      code === 'insecure_source' ? 'streams: source from insecure producer' : 'streams: source not supported'
  }
}

/** The text before the first colon, in lower case; `undefined` when there is none that could be a scheme (RFC 3986 §3.1). */
export const schemeOf = (source: string): string | undefined =>
  /^([a-z][a-z0-9+.-]*):/i.exec(source)?.[1]?.toLowerCase()

/** Checks a source as written. Throws `SourceNotSupportedError` with a sentence for people. */
export const parseSourceUrl = (source: string): SourceUrl => {
  if (source.length > SOURCE_BYTES_MAX)
    throw new SourceNotSupportedError('malformed_source', `the source is longer than ${SOURCE_BYTES_MAX} characters`)
  if (schemeOf(source) === undefined)
    throw new SourceNotSupportedError(
      'malformed_source',
      `"${source}" has no scheme: a source begins with one, such as rtsp://`,
    )
  return source as SourceUrl
}

/** `scheme:rest#key=value#key` taken apart; keys may repeat, values are as written (go2rtc's form: no percent decoding). */
export interface SourceParts {
  readonly url: string
  readonly options: readonly (readonly [key: string, value: string])[]
}

/** Splits go2rtc's `#` options off a source. */
export const splitSource = (source: SourceUrl): SourceParts => {
  const [url = '', ...rest] = source.split('#')
  const options = rest.map(part => {
    const at = part.indexOf('=')
    return at < 0 ? ([part, ''] as const) : ([part.slice(0, at), part.slice(at + 1)] as const)
  })
  return { url, options }
}

/**
 * A `#` inside a password would begin the options. It is the password's where no `@` stands before it
 * and one follows before the path: then it is percent-encoded.
 */
export const escapeHashInPassword = (source: SourceUrl): SourceUrl => {
  const [, scheme, authority, rest] = /^([\w+.-]+:\/\/)([^/?]*)(.*)$/s.exec(source) ?? []
  if (scheme === undefined || authority === undefined || rest === undefined) return source
  const hash = authority.indexOf('#')
  const at = authority.lastIndexOf('@')
  if (hash < 0 || at < hash || authority.slice(0, hash).includes('@')) return source
  return `${scheme}${authority.slice(0, at).replaceAll('#', '%23')}${authority.slice(at)}${rest}` as SourceUrl
}
