import { formatJson, formatLine } from './go2rtc-format.ts'
import type { LogEntry, LogFields } from './log-entry.ts'
import { isTold, type LineLevel, type LogLevel } from './log-level.ts'
import { LogRing } from './log-ring.ts'
import { type Redact, redactUserinfo } from './redaction.ts'

/**
 * Characters a message, and all its fields together, may have: readers of go2rtc's output give up at lines of
 * 64 KiB, and quoting makes six of one.
 */
const TEXT_LENGTH_MAX = 4096

/** Which lines are told. */
export interface LogLevels {
  readonly level: LogLevel
  /** By module; what is not named has `level`. */
  readonly modules: ReadonlyMap<string, LogLevel>
}

/** Where lines go to and how much is told. */
export interface ServerLogOptions {
  /** Takes one line with its line break. Must not throw. */
  readonly write: (line: string) => void
  /** Unix milliseconds. Default: the machine's clock. */
  readonly now?: () => number
}

/** Tells about one part of the server; has the shape of the engine's logger port. */
export interface Log {
  trace(fields: LogFields, message: string): void
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  /** A log that adds these fields to every line. `module` picks the level and stands in brackets. */
  with(fields: LogFields): Log
}

/** Everything that is told passes here: levels, redaction, the output, and the ring that `GET /api/log` shows. */
export class ServerLog {
  readonly ring = new LogRing()
  readonly #write: (line: string) => void
  readonly #now: () => number
  #levels: LogLevels = { level: 'info', modules: new Map() }
  #redact: Redact = redactUserinfo

  constructor(options: ServerLogOptions) {
    this.#write = options.write
    this.#now = options.now ?? Date.now
  }

  /** Which lines are told from now on. */
  setLevels(levels: LogLevels): void {
    this.#levels = levels
  }

  /** Knows more secrets from now on; passwords in URLs are replaced in any case. */
  redactWith(redact: Redact): void {
    this.#redact = text => redactUserinfo(redact(text))
  }

  /** Replaces every known secret in a text. */
  redact(text: string): string {
    return this.#redact(text)
  }

  /** The log of one part of the server. */
  module(module: string): Log {
    return this.#bind(module, {})
  }

  #bind(module: string, bound: LogFields): Log {
    const at =
      (level: LineLevel) =>
      (fields: LogFields, message: string): void =>
        this.#tell(level, module, { ...bound, ...fields }, message)
    return {
      trace: at('trace'),
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      with: ({ module: other, ...fields }) =>
        this.#bind(other === undefined ? module : String(other), { ...bound, ...fields }),
    }
  }

  #tell(level: LineLevel, module: string, fields: LogFields, message: string): void {
    if (!isTold(level, this.#levels.modules.get(module) ?? this.#levels.level)) return
    const entry: LogEntry = {
      level,
      module,
      message: this.#clean(message, TEXT_LENGTH_MAX),
      fields: this.#cleanFields(fields),
      time: this.#now(),
    }
    this.ring.add(formatJson(entry))
    this.#write(`${formatLine(entry)}\n`)
  }

  #cleanFields(fields: LogFields): LogEntry['fields'] {
    let left = TEXT_LENGTH_MAX
    const cleaned: (readonly [string, string | number | boolean])[] = []
    for (const name of Object.keys(fields).sort()) {
      const value = fields[name]
      if (value === undefined || left <= name.length) continue
      const clean = typeof value === 'string' ? this.#clean(value, left - name.length) : value
      left -= name.length + String(clean).length
      cleaned.push([name, clean])
    }
    return cleaned
  }

  /** Redacts before cutting, so that half a secret never stays; readers want valid UTF-8. */
  #clean(text: string, lengthMax: number): string {
    const clean = this.#redact(text)
    return (clean.length > lengthMax ? `${clean.slice(0, lengthMax)}…` : clean).toWellFormed()
  }
}
