import type { Producer } from '../../core/producer.ts'
import { ByteStream } from '../../ingest/byte-stream.ts'
import type { ChildHandle } from '../../processes/child-handle.ts'
import { describeExit } from '../../processes/program-error.ts'
import { redactText } from '../../processes/redact-command.ts'
import type { Clock } from '../../runtime/clock.ts'
import { describeError } from '../../runtime/errors.ts'
import type { CloseReason } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'
import type { DialContext } from '../../streams/scheme.ts'
import { ExecError } from './exec-errors.ts'
import { type ExecSource, inputAddress, inputText } from './exec-source.ts'
import { type ExecOptions, reasonOf, runProgram } from './run-program.ts'

/** Milliseconds a program may run on after it has closed its output: why it ended says more than that it did. */
const EXIT_MS_MAX = 500

/** Runs a program that writes a stream to its stdout, and finds out of what format. Rejects with a `MediaError`. */
export const dialPiping = async (source: ExecSource, options: ExecOptions, context: DialContext): Promise<Producer> => {
  const { clock, logger } = context
  const child = await runProgram(source, { stdout: 'pipe' }, options, logger)
  const address = inputAddress(source.parameters)
  const stream = new ByteStream({
    context,
    info: {
      protocol: 'pipe',
      source: source.line,
      ...(address && { url: inputText(source.parameters), remoteAddress: address.host }),
    },
    flow: child,
  })
  void stream.closed.then(() => child.close())
  let wroteNothing = true
  const take = (chunk: Buffer): void => {
    wroteNothing = false
    stream.push(chunk)
  }
  child.read(take, () => void endOf(child, source, clock).then(reason => stream.end(reason)))
  using _timer = clock.after(millis(source.startTimeoutMs), () => stream.close(silent))
  try {
    return await stream.opened
  } catch (error) {
    if (context.signal.aborted) throw error
    const [{ head }, reason] = await Promise.all([child.stderr(), stream.closed])
    if (reason === silent) throw new ExecError('program_silent', silent.message)
    const why = wroteNothing
      ? describeExit(source.program, { ...(await child.exited), stderr: '' })
      : describeError(error).message
    throw new ExecError('program_failed', `exec/pipe: ${why}\n${redactText(head)}`, error)
  }
}

/** go2rtc waits for ever here: a dial that never ends keeps every viewer waiting. */
const silent: CloseReason = { code: 'program_silent', message: 'exec: timeout' }

const endOf = async (child: ChildHandle, { program }: ExecSource, clock: Clock): Promise<CloseReason> => {
  const { promise, resolve } = Promise.withResolvers<CloseReason>()
  using _timer = clock.after(millis(EXIT_MS_MAX), () =>
    resolve({ code: 'program_ended', message: `${program} has closed its output` }),
  )
  void child.exited.then(exit => resolve(reasonOf(program, exit)))
  return await promise
}
