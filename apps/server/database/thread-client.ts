import { Worker } from 'node:worker_threads'
import type { ThreadAnswer, ThreadMessage, ThreadMethods, ThreadRequest } from './thread-protocol.ts'

/** Questions that may wait for a thread: far more than clients send at once, far less than memory holds. */
const WAITING_MAX = 10_000

/** MiB for short-lived objects: the default of 48 would stay resident for work that needs a few. */
const YOUNG_GENERATION_MIB = 8

/** What a client needs to know. */
export interface ThreadClientOptions<Notice> {
  readonly file: URL
  /** Given to the thread at its start. Plain data. */
  readonly workerData: unknown
  /** Makes the error for a refusal, or for a thread that cannot answer (code `storage`). */
  refuse(code: string, message: string): Error
  /** Called for what the thread tells, in order with its answers. */
  onNotice(notice: Notice): void
  /** Called once when the thread ended without having been asked to, with what it died of. */
  onFailure(reason: string): void
}

interface Waiting {
  resolve(output: unknown): void
  reject(error: Error): void
}

/** Asks a worker thread, in order. */
export class ThreadClient<Methods extends ThreadMethods<Methods>, Notice = never> {
  readonly #options: ThreadClientOptions<Notice>
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  readonly #ended = Promise.withResolvers<void>()
  #lastId = 0
  #failure: string | undefined
  #terminating = false

  constructor(options: ThreadClientOptions<Notice>) {
    this.#options = options
    this.#worker = new Worker(options.file, {
      workerData: options.workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
    })
    this.#worker.on('message', (message: ThreadMessage<Notice>) => this.#take(message))
    this.#worker.on('error', error => this.#end(`the database thread has failed: ${String(error)}`))
    this.#worker.on('exit', () => this.#end('the database is closed'))
  }

  /** Whether it can answer no more. */
  get hasEnded(): boolean {
    return this.#failure !== undefined
  }

  /** Rejects with a refusal, or with an `Error` when the thread failed. */
  call<Name extends keyof Methods & string>(
    method: Name,
    input: Parameters<Methods[Name]>[0],
  ): Promise<Awaited<ReturnType<Methods[Name]>>> {
    if (this.#failure !== undefined) return Promise.reject(this.#options.refuse('storage', this.#failure))
    if (this.#waiting.size >= WAITING_MAX)
      return Promise.reject(this.#options.refuse('storage', 'too many changes at once: try again in a moment'))
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const request: ThreadRequest = { id: ++this.#lastId, method, input }
    this.#waiting.set(request.id, { resolve, reject })
    this.#worker.postMessage(request)
    return promise as Promise<Awaited<ReturnType<Methods[Name]>>>
  }

  /** Ends the thread; resolves when it has. */
  async terminate(): Promise<void> {
    this.#terminating = true
    await this.#worker.terminate()
    await this.#ended.promise
  }

  #take(message: ThreadMessage<Notice>): void {
    if ('notice' in message) this.#options.onNotice(message.notice)
    else this.#settle(message)
  }

  #settle(answer: ThreadAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (answer.outcome === 'ok') waiting?.resolve(answer.output)
    else if (answer.outcome === 'refused') waiting?.reject(this.#options.refuse(answer.code, answer.message))
    else waiting?.reject(new Error(answer.message))
  }

  #end(reason: string): void {
    if (this.#failure === undefined && !this.#terminating) this.#options.onFailure(reason)
    this.#failure ??= reason
    for (const { reject } of this.#waiting.values()) reject(this.#options.refuse('storage', this.#failure))
    this.#waiting.clear()
    this.#ended.resolve()
  }
}
