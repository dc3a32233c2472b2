import type { Socket } from 'node:net'
import type { Clock } from '../runtime/clock.ts'
import { ClosedError, LimitError } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import { millis } from '../runtime/units.ts'
import { type ChildExit, ChildHandle } from './child-handle.ts'
import { type ExpectedPipe, PipeListener } from './pipe-listener.ts'
import { ProgramError, startError } from './program-error.ts'
import { findSpawnerFile } from './spawner-file.ts'
import { SpawnerLink } from './spawner-link.ts'
import type { ChildUsage, SpawnerNotice, StderrText } from './spawner-messages.ts'

/** Programs that may run at once. */
const CHILDREN_MAX = 1000
/** Milliseconds a program that was asked to end may take before it is ended by force. */
const KILL_TIMEOUT_MS = 60_000
/** Milliseconds the spawner may take to end everything: its own half second, and some for a busy machine. */
const CLOSE_MS_MAX = 2000
/** SIGKILL, as go2rtc ends programs. */
const KILL_SIGNAL = 9

/** A program to run, and how. */
export interface ChildProgram {
  /** A name to be looked for in PATH, or a path. */
  readonly program: string
  readonly parameters: readonly string[]
  /** Added to the server's own. Default: nothing. */
  readonly environment?: Readonly<Record<string, string>>
  /** `pipe`: `write` reaches it. Default `ignore`: it reads nothing. */
  readonly stdin?: 'pipe' | 'ignore'
  /** `pipe`: `read` gets it. Default `ignore`: it is lost. */
  readonly stdout?: 'pipe' | 'ignore'
  /** The signal that ends it. Default 9, as go2rtc's. */
  readonly killSignal?: number
  /** Milliseconds until it is ended by force. Default 60 s, as nothing runs without end. */
  readonly killTimeoutMs?: number
  /** Hears what it says on stderr: at most ten times a second and 4 KiB each, the rest is only counted. */
  readonly onStderr?: (text: string, droppedBytes: number) => void
}

/** A program that runs, for a list. */
export interface RunningChild extends ChildUsage {
  readonly pid: number
  readonly program: string
  readonly parameters: readonly string[]
  readonly runsForMs: number
}

/** What a spawner needs. */
export interface SpawnerOptions {
  readonly clock: Clock
  readonly logger: Logger
  /** The entry of its process. Default: found beside this code, in the sources and in the bundle. */
  readonly file?: URL
}

/** A program from the moment it was asked for until its end. */
interface Child {
  readonly program: ChildProgram
  readonly stdin: ExpectedPipe | undefined
  readonly stdout: ExpectedPipe | undefined
  readonly started: PromiseWithResolvers<number>
  /** Only ever rejects. */
  readonly failed: PromiseWithResolvers<never>
  pid: number | undefined
  handle: ChildHandle | undefined
  /** How it ended, when it was faster than its pipes. */
  exit: ChildExit | undefined
}

/**
 * Runs programs by a small process of its own, because starting one stalls whoever starts it in
 * proportion to its memory. That process begins with the first program, begins anew when it was
 * lost, and ends every program when the server has gone.
 */
export class Spawner implements AsyncDisposable {
  readonly #options: SpawnerOptions
  readonly #children = new Map<number, Child>()
  #listener: Promise<PipeListener> | undefined
  #link: SpawnerLink | undefined
  #closed = false
  #lastId = 0

  constructor(options: SpawnerOptions) {
    this.#options = options
  }

  /** The spawner's process number, while there is one. */
  get pid(): number | undefined {
    return this.#link?.pid
  }

  /** Starts a program. Rejects with a `ProgramError`, a `LimitError`, or a `ClosedError` after the end. */
  async run(program: ChildProgram): Promise<ChildHandle> {
    if (this.#children.size >= CHILDREN_MAX) throw new LimitError('programs at once', CHILDREN_MAX)
    const listener = await this.#listen(program)
    const id = ++this.#lastId
    const child: Child = {
      program,
      stdin: program.stdin === 'pipe' ? listener.expect() : undefined,
      stdout: program.stdout === 'pipe' ? listener.expect() : undefined,
      started: Promise.withResolvers<number>(),
      failed: Promise.withResolvers<never>(),
      ...{ pid: undefined, handle: undefined, exit: undefined },
    }
    this.#children.set(id, child)
    this.#send(listener, id, child)
    try {
      // Its pipes were opened before it was started: they are here or on their way.
      const made = Promise.all([child.started.promise, child.stdin?.socket, child.stdout?.socket])
      const [pid, stdin, stdout] = await Promise.race([made, child.failed.promise])
      return this.#hold(id, child, { pid, stdin, stdout })
    } catch (error) {
      this.#children.delete(id)
      for (const pipe of [child.stdin, child.stdout]) pipe?.forget()
      throw error
    }
  }

  async #listen({ program }: ChildProgram): Promise<PipeListener> {
    if (this.#closed) throw new ClosedError('the spawner')
    this.#listener ??= PipeListener.listen(this.#options.clock)
    try {
      const listener = await this.#listener
      if (this.#closed) throw new ClosedError('the spawner')
      return listener
    } catch (error) {
      // The disk may have room the next time.
      this.#listener = undefined
      if (error instanceof ClosedError) throw error
      throw startError(program, '', `there is no place for its pipes: ${String(error)}`)
    }
  }

  #send(listener: PipeListener, id: number, { program, stdin, stdout }: Child): void {
    this.#link ??= this.#startLink(listener)
    this.#link.send({
      type: 'run',
      id,
      program: program.program,
      parameters: program.parameters,
      environment: program.environment ?? {},
      ...(stdin && { stdin: stdin.token }),
      ...(stdout && { stdout: stdout.token }),
      killSignal: program.killSignal ?? KILL_SIGNAL,
      killTimeoutMs: program.killTimeoutMs ?? KILL_TIMEOUT_MS,
      tellStderr: program.onStderr !== undefined,
    })
  }

  #startLink(listener: PipeListener): SpawnerLink {
    const link = new SpawnerLink({
      file: this.#options.file ?? findSpawnerFile(),
      pipes: listener.path,
      take: notice => this.#take(notice),
      ended: lastWords => this.#lost(lastWords),
    })
    this.#options.logger.debug({ pid: link.pid }, 'spawner started')
    return link
  }

  #hold(id: number, child: Child, made: { pid: number; stdin: Socket | undefined; stdout: Socket | undefined }) {
    const link = this.#link
    child.handle = new ChildHandle({
      ...made,
      program: child.program.program,
      clock: this.#options.clock,
      end: () => link?.send({ type: 'end', id }),
      askStderr: () => this.#askStderr(id),
    })
    if (child.exit !== undefined) child.handle.exit(child.exit)
    else if (this.#closed) child.handle.close()
    return child.handle
  }

  async #askStderr(id: number): Promise<StderrText> {
    const answer = await this.#link?.ask({ type: 'stderr', id })
    return answer?.type === 'said' ? answer.stderr : { head: '', tail: '' }
  }

  /** Everything that runs, oldest first, with what it takes now. */
  async list(): Promise<readonly RunningChild[]> {
    const answer = this.#children.size === 0 ? undefined : await this.#link?.ask({ type: 'usage' })
    const usage = new Map(answer?.type === 'used' ? answer.usage.map(one => [one.id, one]) : [])
    const now = this.#options.clock.now()
    return [...this.#children].flatMap(([id, { program, handle }]) => {
      if (handle === undefined) return []
      const { cpuSeconds = 0, memoryBytes = 0, processCount = 0 } = usage.get(id) ?? {}
      const takes = { runsForMs: now - handle.startedAt, cpuSeconds, memoryBytes, processCount }
      return [{ pid: handle.pid, program: program.program, parameters: program.parameters, ...takes }]
    })
  }

  #take(notice: SpawnerNotice): void {
    if (!('id' in notice)) return
    const child = this.#children.get(notice.id)
    if (child === undefined) return
    switch (notice.type) {
      case 'started':
        child.pid = notice.pid
        child.started.resolve(notice.pid)
        return
      case 'failed':
        child.failed.reject(startError(child.program.program, notice.code, notice.message))
        return
      case 'stderr':
        child.program.onStderr?.(notice.text, notice.droppedBytes)
        return
      case 'exited':
        this.#exited(notice.id, child, notice)
    }
  }

  #exited(id: number, child: Child, { code, signal, stderr }: ChildExit): void {
    this.#children.delete(id)
    child.exit = { code, signal, stderr }
    child.handle?.exit(child.exit)
  }

  /** The spawner has ended. Unless it was asked to, it was killed or has failed, and its children are ended here. */
  #lost(lastWords: string): void {
    this.#link = undefined
    const text = lastWords === '' ? 'the process that runs programs was lost' : lastWords
    if (!this.#closed) this.#options.logger.error({ error: text }, 'spawner lost')
    for (const [id, child] of [...this.#children]) {
      if (child.pid !== undefined) killGroup(child.pid)
      child.failed.promise.catch(() => {})
      child.failed.reject(new ProgramError('program_not_started', child.program.program, text))
      this.#exited(id, child, { code: null, signal: 'SIGKILL', stderr: { head: '', tail: text } })
    }
  }

  /** Ends every program, each with its own signal, and what has not ended half a second later by force. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const link = this.#link
    for (const { handle } of [...this.#children.values()]) handle?.close()
    link?.disconnect()
    using _late = this.#options.clock.after(millis(CLOSE_MS_MAX), () => link?.kill())
    await link?.exited
    const listener = await this.#listener?.catch(() => undefined)
    listener?.[Symbol.dispose]()
  }
}

const killGroup = (group: number): void => {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // It has ended with the spawner, by the watchdog.
  }
}
