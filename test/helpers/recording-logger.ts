import type { LogFields, Logger } from '#media/runtime/logger.ts'

/** Remembers what it was told: `warn connection closed {"error":"…"}`. */
export class RecordingLogger implements Logger {
  readonly lines: string[]
  readonly #bound: LogFields

  constructor(lines: string[] = [], bound: LogFields = {}) {
    this.lines = lines
    this.#bound = bound
  }

  trace(fields: LogFields, message: string): void {
    this.#add('trace', fields, message)
  }

  debug(fields: LogFields, message: string): void {
    this.#add('debug', fields, message)
  }

  info(fields: LogFields, message: string): void {
    this.#add('info', fields, message)
  }

  warn(fields: LogFields, message: string): void {
    this.#add('warn', fields, message)
  }

  error(fields: LogFields, message: string): void {
    this.#add('error', fields, message)
  }

  with(fields: LogFields): Logger {
    return new RecordingLogger(this.lines, { ...this.#bound, ...fields })
  }

  /** Lines of one level. */
  of(level: string): readonly string[] {
    return this.lines.filter(line => line.startsWith(`${level} `))
  }

  #add(level: string, fields: LogFields, message: string): void {
    this.lines.push(`${level} ${message} ${JSON.stringify({ ...this.#bound, ...fields })}`)
  }
}
