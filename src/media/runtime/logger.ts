/** What varies in a log line. URLs are redacted by the sink, once, for everybody. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** Where a part of the engine tells what happens. Bound once with `with`, passed down, never global. */
export interface Logger {
  trace(fields: LogFields, message: string): void
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  /** A logger that adds these fields to every line. `module` picks the level. */
  with(fields: LogFields): Logger
}

/** Tells nobody. */
export const silentLogger: Logger = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  with: () => silentLogger,
}
