import type { LogEntry } from './log-entry.ts'
import type { LineLevel } from './log-level.ts'

/** Three letters a level, as Home Assistant and Frigate look for them. */
const letters: Readonly<Record<LineLevel, string>> = {
  trace: 'TRC',
  debug: 'DBG',
  info: 'INF',
  warn: 'WRN',
  error: 'ERR',
}

/**
 * One line for people and for the programs that read go2rtc's output: `HH:MM:SS.mmm INF [api] listen addr=:1984`,
 * in local time, without colours and without a line break at the end.
 */
export const formatLine = (entry: LogEntry): string => {
  const module = entry.module === '' ? '' : `[${entry.module}] `
  const fields = entry.fields.map(([name, value]) => ` ${name}=${formatValue(value)}`).join('')
  return `${formatTime(entry.time)} ${letters[entry.level]} ${module}${oneLine(entry.message)}${fields}`
}

/** The same line as JSON, as go2rtc keeps it for `GET /api/log`. */
export const formatJson = (entry: LogEntry): string => {
  const module = entry.module === '' ? '' : `[${entry.module}] `
  return JSON.stringify({
    level: entry.level,
    ...Object.fromEntries(entry.fields),
    time: entry.time,
    message: `${module}${entry.message}`,
  })
}

const formatTime = (time: number): string => {
  const date = new Date(time)
  const two = (value: number): string => String(value).padStart(2, '0')
  const millis = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`
}

const formatValue = (value: string | number | boolean): string =>
  typeof value === 'string' && needsQuotes(value) ? JSON.stringify(value) : String(value)

/** zerolog's rule: anything that is not printable ASCII, and what would end or confuse a value. */
const needsQuotes = (value: string): boolean => value === '' || /[^\x21-\x7e]|["\\]/.test(value)

/** A message is one line, whatever a camera put into it. */
const oneLine = (message: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here
  message.replace(/[\x00-\x1f\x7f\u2028\u2029]+/g, ' ')
