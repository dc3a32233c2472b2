import { LimitError, MalformedError } from '../../runtime/errors.ts'

/** Segments and variants of one playlist: a day of 4 s segments has 21 600. */
const ENTRIES_MAX = 50_000
/** Seconds of a segment that does not say how long it is: RFC 8216's examples have 10. */
const TARGET_SECONDS = 10
const TARGET_SECONDS_MAX = 3600

/** One piece of media (RFC 8216 §4.3.2). */
export interface HlsSegment {
  readonly url: URL
  /** Counted on from the playlist's first. */
  readonly sequence: number
}

/** One form in which the same media are offered (§4.3.4.2). */
export interface HlsVariant {
  readonly url: URL
  /** Bits a second at most. */
  readonly bandwidth: number
}

/** A playlist read. */
export type HlsPlaylist =
  | { readonly kind: 'master'; readonly variants: readonly HlsVariant[] }
  | {
      readonly kind: 'media'
      readonly segments: readonly HlsSegment[]
      /** The number of its first segment. */
      readonly mediaSequence: number
      readonly targetSeconds: number
      /** Nothing will be added. */
      readonly ended: boolean
      /** Why its segments cannot be read here; absent when they can. */
      readonly unsupported?: string
    }

/** Reads a playlist (RFC 8216 §4) that came from this address. Throws `MalformedError` or `LimitError`. */
export const parseHlsPlaylist = (text: string, from: URL): HlsPlaylist => {
  const lines = text.split(/\r?\n/).map(line => line.trim())
  if (lines[0]?.replace(/^\uFEFF/, '') !== '#EXTM3U') throw new MalformedError('not a playlist of HLS')
  return lines.some(line => line.startsWith('#EXT-X-STREAM-INF:')) ? readMaster(lines, from) : readMedia(lines, from)
}

const readMaster = (lines: readonly string[], from: URL): HlsPlaylist => {
  const variants: HlsVariant[] = []
  let bandwidth: number | undefined
  for (const line of lines) {
    if (line.startsWith('#EXT-X-STREAM-INF:')) bandwidth = Number(attribute(line, 'BANDWIDTH') ?? 0) || 0
    else if (line !== '' && !line.startsWith('#') && bandwidth !== undefined) {
      variants.push({ url: resolve(line, from), bandwidth })
      bandwidth = undefined
      if (variants.length > ENTRIES_MAX) throw new LimitError('variants of a playlist', ENTRIES_MAX)
    }
  }
  return { kind: 'master', variants }
}

const readMedia = (lines: readonly string[], from: URL): HlsPlaylist => {
  const number = (tag: string, otherwise: number): number => {
    const value = Number.parseInt(lines.find(line => line.startsWith(`${tag}:`))?.slice(tag.length + 1) ?? '', 10)
    return Number.isSafeInteger(value) && value >= 0 ? value : otherwise
  }
  const mediaSequence = number('#EXT-X-MEDIA-SEQUENCE', 0)
  const urls = lines.filter(line => line !== '' && !line.startsWith('#'))
  if (urls.length > ENTRIES_MAX) throw new LimitError('segments of a playlist', ENTRIES_MAX)
  const unsupported = unsupportedBy(lines)
  return {
    kind: 'media',
    mediaSequence,
    segments: urls.map((url, index) => ({ url: resolve(url, from), sequence: mediaSequence + index })),
    targetSeconds: Math.min(TARGET_SECONDS_MAX, Math.max(1, number('#EXT-X-TARGETDURATION', TARGET_SECONDS))),
    ended: lines.includes('#EXT-X-ENDLIST'),
    ...(unsupported !== undefined && { unsupported }),
  }
}

const unsupportedBy = (lines: readonly string[]): string | undefined => {
  if (lines.some(line => line.startsWith('#EXT-X-MAP:'))) return 'its segments are fragmented MP4'
  if (lines.some(line => line.startsWith('#EXT-X-BYTERANGE:'))) return 'its segments are parts of one file'
  const keys = lines.filter(line => line.startsWith('#EXT-X-KEY:'))
  return keys.some(line => attribute(line, 'METHOD') !== 'NONE') ? 'its segments are encrypted' : undefined
}

/** One value of an attribute list (§4.2), without quotes. */
const attribute = (line: string, name: string): string | undefined => {
  const [, quoted, plain] = new RegExp(`[:,]${name}=(?:"([^"]*)"|([^,]*))`).exec(line) ?? []
  return quoted ?? plain
}

const resolve = (text: string, from: URL): URL => {
  const url = URL.parse(text, from)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new MalformedError('a playlist with an address that is none')
  return url
}
