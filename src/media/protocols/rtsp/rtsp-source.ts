import type { Kind } from '../../core/codec.ts'
import { escapeHashInPassword, SourceNotSupportedError, type SourceUrl, splitSource } from '../../streams/source-url.ts'
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
  readonly transport: RtspTransport
  /** Whether the camera is asked for a way back for sound: unless there are options and none says so. */
  readonly backchannel: boolean
}

/** What `#transport=` asks for: packets inside the connection, over UDP beside it, or all of it in a WebSocket. */
export type RtspTransport = 'tcp' | 'udp' | URL

/** Reads an `rtsp:` source. Options of go2rtc that mean nothing here are passed over. Throws `SourceNotSupportedError`. */
export const parseRtspSource = (source: SourceUrl): RtspSource => {
  const { url, options } = splitSource(escapeHashInPassword(source))
  const option = (key: string): string | undefined => options.findLast(([name]) => name === key)?.[1]
  return {
    url: parseRtspUrl(url),
    kinds: parseKinds(option('media'), source),
    timeoutMs: parseTimeout(option('timeout'), source),
    transport: parseTransport(option('transport') || 'tcp', source),
    // go2rtc: any option at all turns it off.
    backchannel: options.length === 0 || option('backchannel') === '1',
  }
}

const parseKinds = (value: string | undefined, source: SourceUrl): readonly Kind[] => {
  const all = ['video', 'audio'] as const
  if (value === undefined) return all
  const kinds = all.filter(kind => value.includes(kind))
  if (kinds.length === 0)
    throw new SourceNotSupportedError('malformed_source', `"${source}": #media is video, audio or video+audio`)
  return kinds
}

const parseTransport = (value: string, source: SourceUrl): RtspTransport => {
  if (value === 'tcp' || value === 'udp') return value
  const url = /^wss?:\/\//i.test(value) && URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined)
    throw new SourceNotSupportedError(
      'malformed_source',
      `"${source}": #transport is tcp, udp or the address of a WebSocket`,
    )
  return url
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
