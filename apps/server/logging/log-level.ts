/** How much a line matters; `disabled` lets nothing through. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'panic' | 'disabled'

/** Levels a line may have. */
export type LineLevel = Exclude<LogLevel, 'disabled' | 'fatal' | 'panic'>

const order: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'panic', 'disabled']

/** A level as a configuration writes it; `undefined` when there is no such level. */
export const parseLogLevel = (text: string): LogLevel | undefined => order.find(level => level === text.toLowerCase())

/** Whether a line of this level is told where that much is asked for. */
export const isTold = (line: LineLevel, asked: LogLevel): boolean => order.indexOf(line) >= order.indexOf(asked)
