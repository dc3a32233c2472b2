/** Levels the control plane logs at. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** What varies in a log line. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** Where the control plane tells what happens; the sink redacts. */
export type ControlPlaneLog = (level: LogLevel, fields: LogFields, message: string) => void
