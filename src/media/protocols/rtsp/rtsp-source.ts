import type { Kind } from '../../core/codec.ts'
import { SourceNotSupportedError, type SourceUrl, splitSource } from '../../streams/source-url.ts'
import { parseRtspUrl, type RtspUrl } from './rtsp-url.ts'

/** Milliseconds for connecting, for an answer, and without data: go2rtc's. */
const TIMEOUT_MS = 5000
/** Seconds `#timeout=` may ask for: cameras on mobile networks need some ten. */
const TIMEOUT_SECONDS_MAX = 300

/** An `rtsp:` source with its `#` options. */
export interface RtspSource {
  readonly url: RtspUrl
  /** Kinds of media that are wanted; `#media=` leaves some out. */
  readonly kinds: readonly Kind[]
  readonly timeoutMs: number
  /** `tcp`, unless `#transport=` asks for something else. */
  readonly transport: string
}

/** Reads an `rtsp:` source. Options of go2rtc that mean nothing here are passed over. Throws `SourceNotSupportedError`. */
export const parseRtspSource = (source: SourceUrl): RtspSource => {
  const { url, options } = splitSource(escapeCredentials(source))
  const option = (key: string): string | undefined => options.findLast(([name]) => name === key)?.[1]
  return {
    url: parseRtspUrl(url),
    kinds: parseKinds(option('media'), source),
    timeoutMs: parseTimeout(option('timeout'), source),
    transport: option('transport') || 'tcp',
  }
}

/**
 * A `#` inside a password would begin the options. It is the password's where no `@` and no `/`
 * stands before it and an `@` follows before the path.
 */
const escapeCredentials = (source: SourceUrl): SourceUrl => {
  const [, scheme, authority, rest] = /^(\w+:\/\/)([^/?]*)(.*)$/s.exec(source) ?? []
  if (scheme === undefined || authority === undefined || rest === undefined) return source
  const hash = authority.indexOf('#')
  const at = authority.lastIndexOf('@')
  if (hash < 0 || at < hash || authority.slice(0, hash).includes('@')) return source
  return `${scheme}${authority.slice(0, at).replaceAll('#', '%23')}${authority.slice(at)}${rest}` as SourceUrl
}

const parseKinds = (value: string | undefined, source: SourceUrl): readonly Kind[] => {
  const all = ['video', 'audio'] as const
  if (value === undefined) return all
  const kinds = all.filter(kind => value.includes(kind))
  if (kinds.length === 0)
    throw new SourceNotSupportedError('malformed_source', `"${source}": #media is video, audio or video+audio`)
  return kinds
}

const parseTimeout = (value: string | undefined, source: SourceUrl): number => {
  if (value === undefined) return TIMEOUT_MS
  const seconds = Number(value)
  if (!(seconds > 0 && seconds <= TIMEOUT_SECONDS_MAX))
    throw new SourceNotSupportedError(
      'malformed_source',
      `"${source}": #timeout is a number of seconds, at most ${TIMEOUT_SECONDS_MAX}`,
    )
  return seconds * 1000
}
