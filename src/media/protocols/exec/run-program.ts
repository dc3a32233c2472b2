import type { ChildExit, ChildHandle } from '../../processes/child-handle.ts'
import { describeExit } from '../../processes/program-error.ts'
import { redactCommand, redactText } from '../../processes/redact-command.ts'
import type { ChildProgram, Spawner } from '../../processes/spawner.ts'
import type { CloseReason } from '../../runtime/lifetime.ts'
import type { Logger } from '../../runtime/logger.ts'
import { ExecError } from './exec-errors.ts'
import type { ExecSource } from './exec-source.ts'

/** Where programs of `exec:` come from, and which of them may run. */
export interface ExecOptions {
  readonly spawner: Spawner
  /** Programs that may be run, as their sources write them; `undefined`: all. */
  readonly allowPaths: readonly string[] | undefined
}

/** Starts a source's program. What it says is logged. Rejects with an `ExecError` or as `Spawner.run` does. */
export const runProgram = async (
  source: ExecSource,
  pipes: Pick<ChildProgram, 'stdin' | 'stdout'>,
  { spawner, allowPaths }: ExecOptions,
  logger: Logger,
): Promise<ChildHandle> => {
  const { program, parameters, killSignal, killTimeoutMs } = source
  if (allowPaths !== undefined && !allowPaths.includes(program))
    throw new ExecError('program_not_allowed', `exec: bin not in allow_paths: ${program}`)
  logger.debug({ command: redactCommand(program, parameters) }, 'run')
  const child = await spawner.run({
    ...{ program, parameters, ...pipes },
    ...(killSignal !== undefined && { killSignal }),
    ...(killTimeoutMs !== undefined && { killTimeoutMs }),
    onStderr: (text, droppedBytes) => logLines(text, droppedBytes, logger),
  })
  void child.exited.then(({ code, signal }) =>
    logger.debug({ pid: child.pid, code: code ?? undefined, signal: signal ?? undefined }, 'program ended'),
  )
  return child
}

const logLines = (text: string, droppedBytes: number, logger: Logger): void => {
  for (const line of redactText(text).split(/[\r\n]+/)) if (line !== '') logger.debug({}, line)
  if (droppedBytes > 0) logger.debug({ bytes: droppedBytes }, 'the program says more than is logged')
}

/** The end of a program as the reason of whatever depends on it. */
export const reasonOf = (program: string, { code, signal, stderr }: ChildExit): CloseReason => ({
  code: 'program_ended',
  message: describeExit(program, { code, signal, stderr: redactText(stderr.tail) }),
})
