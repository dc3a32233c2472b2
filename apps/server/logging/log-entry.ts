import type { LineLevel } from './log-level.ts'

/** What varies in a log line. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** One line before it is written anywhere; secrets are already replaced. */
export interface LogEntry {
  readonly level: LineLevel
  /** The part of the server that speaks; empty for the server as a whole. */
  readonly module: string
  readonly message: string
  /** Sorted by name. */
  readonly fields: readonly (readonly [name: string, value: string | number | boolean])[]
  /** Unix milliseconds. */
  readonly time: number
}
