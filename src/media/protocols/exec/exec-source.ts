import { createHash } from 'node:crypto'
import { constants } from 'node:os'
import { type CommandLine, splitCommand } from '../../processes/command-line.ts'
import { type SourceUrl, splitSource } from '../../streams/source-url.ts'
import { ExecError } from './exec-errors.ts'

/** Milliseconds a program may take to publish: go2rtc's. */
const START_TIMEOUT_MS = 30_000

/** Signals there are, on every system. */
const SIGNAL_MAX = Math.max(...Object.values(constants.signals))

/** Seconds that may be asked for: a day. */
const SECONDS_MAX = 86_400

const OUTPUT = '{output}'

/** An `exec:` source, understood. */
export interface ExecSource extends CommandLine {
  /** The whole line as it is run, with `exec:`. */
  readonly line: string
  /** Where the program publishes, without the first slash; `undefined` when it writes to its stdout. */
  readonly path: string | undefined
  /** The codec that the program hears on its stdin, as written; `undefined` when it brings media. */
  readonly backchannel: string | undefined
  readonly startTimeoutMs: number
  readonly killSignal?: number
  readonly killTimeoutMs?: number
}

/**
 * Reads an `exec:` source. `rtspPort` is the port that `{output}` leads to. Throws `ExecError`,
 * `CommandLineError` or `LimitError`.
 */
export const parseExecSource = (source: SourceUrl, rtspPort: number | undefined): ExecSource => {
  const { url, options } = splitSource(source)
  const param = (key: string): string | undefined => options.find(([name]) => name === key)?.[1]
  const killSignal = numberOf('killsignal', param('killsignal'), SIGNAL_MAX)
  const killTimeout = numberOf('killtimeout', param('killtimeout'), SECONDS_MAX)
  const startTimeout = numberOf('starttimeout', param('starttimeout'), SECONDS_MAX)
  const { line, path } = withOutput(url, rtspPort)
  return {
    ...splitCommand(line.slice(line.indexOf(':') + 1)),
    line,
    path,
    backchannel: param('backchannel') === '1' ? (param('audio') ?? '') : undefined,
    startTimeoutMs: startTimeout ? startTimeout * 1000 : START_TIMEOUT_MS,
    ...(killSignal && { killSignal }),
    ...(killTimeout && { killTimeoutMs: killTimeout * 1000 }),
  }
}

/** `undefined` when it is not there; 0 counts as that. */
const numberOf = (name: string, text: string | undefined, max: number): number | undefined => {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > max)
    throw new ExecError('malformed_source', `exec: #${name}=${text} is no number from 0 to ${max}`)
  return value
}

const withOutput = (url: string, rtspPort: number | undefined): { line: string; path: string | undefined } => {
  const at = url.indexOf(OUTPUT, url.indexOf(':') + 2)
  if (at < 0) return { line: url, path: undefined }
  if (rtspPort === undefined) throw new ExecError('rtsp_disabled', 'exec: rtsp module disabled')
  const path = createHash('md5').update(url).digest('hex')
  const address = `rtsp://127.0.0.1:${rtspPort}/${path}`
  return { line: url.slice(0, at) + address + url.slice(at + OUTPUT.length), path }
}

/** What a program is told to read with `-i`; empty when it is told nothing. */
export const inputText = (parameters: readonly string[]): string => {
  const at = parameters.indexOf('-i')
  return at < 0 ? '' : (parameters[at + 1] ?? '')
}

/** The same as an address, where it has a host. */
export const inputAddress = (parameters: readonly string[]): URL | undefined => {
  const address = URL.parse(inputText(parameters))
  return address?.host ? address : undefined
}
