import { formatBitrate } from '../lib/quantities.ts'
import type { PlayerStatistics } from './player-statistics.ts'
import { wayName } from './ways.ts'

/** One line of a table of statistics. */
export type StatisticsRow = readonly [name: string, value: string]

/** Statistics as people read them, numbers with their units; what is not known has no row. */
export function statisticsInWords(statistics: PlayerStatistics): readonly StatisticsRow[] {
  const { way, transport, codecs, width, height, framesPerSecond, bitsPerSecond } = statistics
  const { behindS, dropped, lost, jitterMs, firstFrameMs } = statistics
  const rows: readonly (StatisticsRow | undefined)[] = [
    ['Protocol', transport === undefined ? wayName(way) : `${wayName(way)} over ${transport}`],
    codecs === '' ? undefined : ['Codecs', codecs],
    ['Picture', width > 0 ? `${width} × ${height}` : 'none'],
    ['Frames', `${framesPerSecond.toFixed(0)} a second`],
    bitsPerSecond === undefined ? undefined : ['Bitrate', formatBitrate(bitsPerSecond)],
    behindS === undefined ? undefined : ['Behind live', seconds(behindS)],
    ['Dropped', `${dropped}`],
    lost === undefined ? undefined : ['Lost packets', `${lost}`],
    jitterMs === undefined ? undefined : ['Jitter', `${jitterMs.toFixed(0)} ms`],
    firstFrameMs === undefined ? undefined : ['First picture', `${firstFrameMs.toFixed(0)} ms`],
  ]
  return rows.filter(row => row !== undefined)
}

const seconds = (value: number): string => (value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(1)} s`)
