import type { Clock } from '../runtime/clock.ts'
import { ClosedError, LimitError, TimedOutError } from '../runtime/errors.ts'
import { millis } from '../runtime/units.ts'
import type { ChildExit, ChildHandle } from './child-handle.ts'
import type { ChildProgram, Spawner } from './spawner.ts'

/** A program that is run for what it writes. */
export interface RunToEndOptions extends Pick<ChildProgram, 'program' | 'parameters' | 'environment'> {
  readonly clock: Clock
  /** Ends it when it aborts. */
  readonly signal: AbortSignal
  /** Milliseconds it may take. */
  readonly timeoutMs: number
  /** Bytes it may write. */
  readonly outputBytesMax: number
  /** What it reads; default: nothing. */
  readonly input?: Buffer
}

/** What it wrote, and how it ended. */
export interface ProgramResult extends ChildExit {
  readonly stdout: Buffer
}

/**
 * Runs a program to its end, whatever its exit code. Rejects with a `ProgramError` when it cannot be
 * started, a `TimedOutError`, a `LimitError` when it writes too much, or a `ClosedError`.
 */
export const runToEnd = async (spawner: Spawner, options: RunToEndOptions): Promise<ProgramResult> => {
  const { program, parameters, environment, input, signal, clock } = options
  if (signal.aborted) throw new ClosedError(program)
  using child = await spawner.run({
    ...{ program, parameters, stdout: 'pipe', stdin: input === undefined ? 'ignore' : 'pipe' },
    ...(environment && { environment }),
  })
  const stopped = Promise.withResolvers<never>()
  const abort = (): void => stopped.reject(new ClosedError(program))
  using _timer = clock.after(millis(options.timeoutMs), () =>
    stopped.reject(new TimedOutError(program, options.timeoutMs)),
  )
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  if (input !== undefined) child.write(input)
  child.endInput()
  try {
    return await Promise.race([collect(child, options.outputBytesMax, stopped), stopped.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

const collect = async (
  child: ChildHandle,
  bytesMax: number,
  stopped: PromiseWithResolvers<never>,
): Promise<ProgramResult> => {
  const chunks: Buffer[] = []
  let bytes = 0
  const take = (chunk: Buffer): void => {
    bytes += chunk.length
    if (bytes > bytesMax) stopped.reject(new LimitError(`bytes that ${child.program} writes`, bytesMax))
    else chunks.push(chunk)
  }
  child.read(take, () => {})
  const [exit] = await Promise.all([child.exited, child.closed])
  return { ...exit, stdout: Buffer.concat(chunks) }
}
