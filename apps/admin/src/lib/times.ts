const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** From this age on a date says more than "40 days ago". */
const RELATIVE_MS_MAX = 30 * DAY_MS

/** A span of time in its two largest units: `4 s`, `3 min 20 s`, `5 h 2 min`, `12 d 4 h`. */
export function formatDuration(spanMs: number): string {
  const seconds = Math.max(0, Math.floor(spanMs / SECOND_MS))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  if (seconds < 86_400) return pair(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min')
  return pair(Math.floor(seconds / 86_400), 'd', Math.floor((seconds % 86_400) / 3600), 'h')
}

/** How long ago, or in how long: `just now`, `4 minutes ago`, `in 5 seconds`; a date when a month away. */
export function formatRelative(atMs: number, nowMs: number): string {
  const ago = nowMs - atMs
  const span = Math.abs(ago)
  if (span >= RELATIVE_MS_MAX) return new Date(atMs).toLocaleDateString('en-GB', { dateStyle: 'medium' })
  // Clocks of two machines differ a little: a second in the future is now.
  if (ago > -2 * SECOND_MS && ago < 10 * SECOND_MS) return 'just now'
  const words = inLargestUnit(span)
  return ago > 0 ? `${words} ago` : `in ${words}`
}

/** The exact moment, for the hover: `Mon 23 Nov 2026, 15:27:51`. */
export const formatExact = (atMs: number): string =>
  new Date(atMs).toLocaleString('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })

/** The day of a moment, as a heading: `Today`, `Yesterday`, `Saturday 21 November 2026`. */
export function formatDay(atMs: number, nowMs: number): string {
  const day = startOfDay(atMs)
  const today = startOfDay(nowMs)
  if (day === today) return 'Today'
  // Noon of the day before is safe from days of 23 and 25 hours.
  if (day === startOfDay(today - DAY_MS / 2)) return 'Yesterday'
  const heading = new Date(atMs).toLocaleDateString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  })
  return heading.replace(',', '')
}

function inLargestUnit(span: number): string {
  if (span < MINUTE_MS) return unit(Math.floor(span / SECOND_MS), 'second')
  if (span < HOUR_MS) return unit(Math.floor(span / MINUTE_MS), 'minute')
  if (span < DAY_MS) return unit(Math.floor(span / HOUR_MS), 'hour')
  return unit(Math.floor(span / DAY_MS), 'day')
}

const unit = (count: number, name: string): string => `${count} ${name}${count === 1 ? '' : 's'}`

const pair = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`

const startOfDay = (atMs: number): number => new Date(atMs).setHours(0, 0, 0, 0)
