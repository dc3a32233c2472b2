import type { Log } from '../logging/server-log.ts'
import type { Rejection } from './admission.ts'

/** Milliseconds between two lines about wrong passwords: enough for fail2ban, too few to flood a disk. */
const LINE_MS_MIN = 1_000

/** Tells the log who was not let in: wrong passwords as warnings that can be counted, the rest for those who look. */
export class RefusalLog {
  readonly #log: Log
  readonly #now: () => number
  #lastLine = Number.NEGATIVE_INFINITY
  #untold = 0

  constructor(log: Log, now: () => number = () => performance.now()) {
    this.#log = log
    this.#now = now
  }

  /** One refusal; `authorization` is the header that came with it. */
  add(remote: string, { status }: Rejection, authorization: string | undefined): void {
    if (status !== 401 || authorization === undefined) {
      this.#log.debug({ remote, status }, 'request refused')
      return
    }
    this.#untold++
    const now = this.#now()
    if (now - this.#lastLine < LINE_MS_MIN) return
    this.#log.warn({ remote, count: this.#untold }, 'wrong user name or password')
    this.#lastLine = now
    this.#untold = 0
  }
}
