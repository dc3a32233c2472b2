import type { HlsFormat } from './hls-request.ts'
import { PART_SECONDS } from './packager.ts'
import type { SegmentStore, StoredSegment } from './segment-store.ts'
import type { StreamDescription } from './stream-description.ts'

/** Bits a second that are told before anything was measured: go2rtc's. */
const BANDWIDTH_UNKNOWN = 192_000
/** Part target durations that a player of parts stays behind the newest one (RFC 8216bis §4.4.3.8: three at least). */
const PART_HOLD_BACK = 3
/** Complete segments from which on parts are named: hls.js 1.7 fetches a single one again and again, for its parts. */
const SEGMENTS_BEFORE_PARTS = 2
/** Complete segments whose parts are named: older ones are fetched whole. */
const SEGMENTS_WITH_PARTS = 3

/**
 * The playlist that names the one of a session: without a line break at its end, as go2rtc writes it. What go2rtc says
 * comes first, then what else is known: how large a picture is, and what there was of it so far.
 */
export const masterPlaylist = (
  id: string,
  { codecs, width, height, kind }: StreamDescription,
  { peakBytesPerSecond, totals }: Pick<SegmentStore, 'peakBytesPerSecond' | 'totals'>,
): string => {
  const bandwidth = peakBytesPerSecond === 0 ? BANDWIDTH_UNKNOWN : Math.ceil(peakBytesPerSecond * 8)
  const known = codecs.filter(codec => codec !== '')
  const attributes = [`BANDWIDTH=${bandwidth}`]
  if (known.length > 0) attributes.push(`CODECS="${known.join(',')}"`)
  if (width !== undefined) attributes.push(`RESOLUTION=${width}x${height}`)
  if (totals.seconds > 0) attributes.push(`AVERAGE-BANDWIDTH=${Math.round((totals.sizeBytes * 8) / totals.seconds)}`)
  if (totals.seconds > 0 && kind === 'video')
    attributes.push(`FRAME-RATE=${(totals.unitCount / totals.seconds).toFixed(3)}`)
  return ['#EXTM3U', `#EXT-X-STREAM-INF:${attributes.join(',')}`, `hls/playlist.m3u8?id=${id}`].join('\n')
}

/** Whole seconds that no segment is longer than. */
export const targetSeconds = (store: SegmentStore): number => Math.max(1, Math.ceil(store.longestSeconds - 1e-6))

/** What a player is told of, by the numbers of segments. */
export interface PlaylistRange {
  /** Nothing before it was ever told. */
  readonly first: number
  readonly last: number
}

const everything: PlaylistRange = { first: 0, last: Number.POSITIVE_INFINITY }

/** A session's playlist, as things are now. Fragmented MP4 also names the parts, for players that know them. */
export const mediaPlaylist = (
  id: string,
  format: HlsFormat,
  store: SegmentStore,
  range: PlaylistRange = everything,
): string => {
  const listed = store.listed.filter(({ number }) => number >= range.first && number <= range.last)
  const open = store.open !== undefined && store.open.number <= range.last ? store.open : undefined
  const passed = store.listed.filter(({ number, discontinuity }) => number < range.first && discontinuity).length
  const discontinuities = store.discontinuitySequence + passed
  const maps = format === 'fmp4'
  const parts = maps && listed.length >= SEGMENTS_BEFORE_PARTS
  const lines = ['#EXTM3U', `#EXT-X-VERSION:${maps ? 6 : 3}`, `#EXT-X-TARGETDURATION:${targetSeconds(store)}`]
  if (parts) lines.push(...partControl(store))
  lines.push(`#EXT-X-MEDIA-SEQUENCE:${listed[0]?.number ?? open?.number ?? 0}`)
  if (discontinuities > 0) lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuities}`)
  const withParts = listed.length - SEGMENTS_WITH_PARTS
  let map: number | undefined
  for (const [index, segment] of [...listed, ...(parts && open !== undefined ? [open] : [])].entries()) {
    if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY')
    if (maps && segment.map !== map) lines.push(`#EXT-X-MAP:URI="${mapUri(id, segment.map)}"`)
    map = segment.map
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.beganAt).toISOString()}`)
    if (parts && index >= withParts) lines.push(...partLines(id, segment))
    if (segment.complete) lines.push(`#EXTINF:${segment.seconds.toFixed(3)},`, segmentUri(id, format, segment.number))
  }
  if (parts && open !== undefined)
    lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${partUri(id, open.number, open.parts.length)}"`)
  return `${lines.join('\n')}\n`
}

const partControl = (store: SegmentStore): readonly string[] => {
  const target = Math.max(PART_SECONDS, store.longestPartSeconds)
  const holdBack = (target * PART_HOLD_BACK).toFixed(3)
  return [
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${holdBack}`,
    `#EXT-X-PART-INF:PART-TARGET=${target.toFixed(3)}`,
  ]
}

const partLines = (id: string, { number, parts }: StoredSegment): readonly string[] =>
  parts.map(({ seconds, independent }, index) => {
    const begins = independent ? ',INDEPENDENT=YES' : ''
    return `#EXT-X-PART:DURATION=${seconds.toFixed(5)},URI="${partUri(id, number, index)}"${begins}`
  })

/** go2rtc's names. The first initialization needs no number: what comes later is another file. */
const mapUri = (id: string, map: number): string => `init.mp4?id=${id}${map === 0 ? '' : `&n=${map}`}`

const segmentUri = (id: string, format: HlsFormat, number: number): string =>
  `segment.${format === 'fmp4' ? 'm4s' : 'ts'}?id=${id}&n=${number}`

const partUri = (id: string, number: number, part: number): string => `${segmentUri(id, 'fmp4', number)}&part=${part}`
