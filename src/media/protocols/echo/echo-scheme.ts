import { splitCommand } from '../../processes/command-line.ts'
import { describeExit } from '../../processes/program-error.ts'
import { redactCommand, redactText } from '../../processes/redact-command.ts'
import { runToEnd } from '../../processes/run-to-end.ts'
import type { Spawner } from '../../processes/spawner.ts'
import { describeError, MediaError } from '../../runtime/errors.ts'
import type { ResolvingScheme } from '../../streams/scheme.ts'
import { parseSourceUrl, SourceNotSupportedError, type SourceUrl } from '../../streams/source-url.ts'

/** Milliseconds a program may take to say where the media is; go2rtc waits for ever. */
const ECHO_MS_MAX = 10_000
/** Bytes it may write: more than a source may have. */
const OUTPUT_BYTES_MAX = 16 * 1024

/** Why a program did not say where the media is. */
export class EchoError extends MediaError {
  readonly code: 'program_not_allowed' | 'program_failed'

  constructor(code: EchoError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** What `echo:` needs. */
export interface EchoSchemeOptions {
  readonly spawner: Spawner
  /** Programs that may be run, as their sources write them; `undefined`: all. */
  readonly allowPaths: readonly string[] | undefined
}

/** `echo:`: a program says where the media is, each time it is dialed. Any scheme will do. */
export const echoScheme = ({ spawner, allowPaths }: EchoSchemeOptions): ResolvingScheme => ({
  kind: 'resolve',
  names: ['echo'],
  trustedOnly: true,
  check(source) {
    try {
      splitCommand(commandOf(source))
    } catch (error) {
      throw new SourceNotSupportedError('malformed_source', describeError(error).message)
    }
  },
  async resolve(source, { clock, signal, logger }) {
    const { program, parameters } = splitCommand(commandOf(source))
    if (allowPaths !== undefined && !allowPaths.includes(program))
      throw new EchoError('program_not_allowed', `echo: bin not in allow_paths: ${program}`)
    logger.with({ module: 'echo' }).debug({ command: redactCommand(program, parameters) }, 'run')
    const limits = { timeoutMs: ECHO_MS_MAX, outputBytesMax: OUTPUT_BYTES_MAX }
    const {
      code,
      signal: killedBy,
      stdout,
      stderr,
    } = await runToEnd(spawner, {
      ...{ program, parameters, clock, signal, ...limits },
    })
    if (code !== 0) {
      const sentence = describeExit(program, { code, signal: killedBy, stderr: redactText(stderr.tail) })
      throw new EchoError('program_failed', `echo: ${sentence}`)
    }
    const answer = stdout.toString().trim()
    if (answer === '') throw new EchoError('program_failed', `echo: ${program} says nothing`)
    return parseSourceUrl(answer)
  },
})

const commandOf = (source: SourceUrl): string => source.slice(source.indexOf(':') + 1)
