import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { SpawnerNotice, SpawnerQuestion, SpawnerRequest } from './spawner-messages.ts'
import { MARK } from './watchdog.ts'

/** Its heap holds little more than the last words of programs: it stays small, and is collected early. */
const MEMORY_OPTIONS = ['--max-semi-space-size=1', '--max-old-space-size=256'] as const

/** Characters of a spawner's own last words. */
const LAST_WORDS_MAX = 4000

/** How the server talks with one spawner. */
export interface SpawnerLinkOptions {
  readonly file: URL
  /** Where children's pipes arrive. */
  readonly pipes: string
  readonly take: (notice: SpawnerNotice) => void
  /** It has ended, by itself or because it was asked to; with its last words. Once. */
  readonly ended: (lastWords: string) => void
}

/** The process that owns the children, from the server's side: messages there and back, and its end. */
export class SpawnerLink {
  readonly #process: ChildProcess
  readonly #options: SpawnerLinkOptions
  readonly #exited = Promise.withResolvers<void>()
  readonly #questions = new Map<number, (answer: SpawnerNotice | undefined) => void>()
  #lastQuestion = 0
  #ended = false
  #words = ''

  constructor(options: SpawnerLinkOptions) {
    this.#options = options
    this.#process = spawn(process.execPath, [...MEMORY_OPTIONS, fileURLToPath(options.file), options.pipes], {
      // Not in our session: who ends that with one signal ends us, and we end our children in order.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, [MARK]: randomUUID() },
    })
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#words = (this.#words + text).slice(-LAST_WORDS_MAX)
    })
    this.#process.on('message', (notice: SpawnerNotice) => this.#take(notice))
    this.#process.once('error', error => this.#end(error.message))
    this.#process.once('exit', () => this.#end(''))
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Settles when it has ended. */
  get exited(): Promise<void> {
    return this.#exited.promise
  }

  /** Never waits and never throws: a spawner that has ended is told nothing. */
  send(request: SpawnerRequest): void {
    if (this.#process.connected) this.#process.send(request, () => {})
  }

  /** Its answer; `undefined` when it ends before. */
  ask(question: SpawnerQuestion): Promise<SpawnerNotice | undefined> {
    if (this.#ended) return Promise.resolve(undefined)
    const number = ++this.#lastQuestion
    const { promise, resolve } = Promise.withResolvers<SpawnerNotice | undefined>()
    this.#questions.set(number, resolve)
    this.send({ ...question, question: number })
    return promise
  }

  #take(notice: SpawnerNotice): void {
    if (!('question' in notice)) {
      this.#options.take(notice)
      return
    }
    this.#questions.get(notice.question)?.(notice)
    this.#questions.delete(notice.question)
  }

  #end(words: string): void {
    if (this.#ended) return
    this.#ended = true
    for (const answer of this.#questions.values()) answer(undefined)
    this.#questions.clear()
    this.#exited.resolve()
    this.#options.ended(`${this.#words}${words}`.trim())
  }

  /** It ends all that still run, and then itself. */
  disconnect(): void {
    if (this.#process.connected) this.#process.disconnect()
  }

  /** Ends it at once. */
  kill(): void {
    this.#process.kill('SIGKILL')
  }
}
