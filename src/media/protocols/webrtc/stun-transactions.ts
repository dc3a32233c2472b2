import type { Clock } from '../../runtime/clock.ts'
import { millis } from '../../runtime/units.ts'
import { transactionOf } from './stun-message.ts'

/** Questions that may be open at once, of all sessions of a port: 2 000 sessions with some ways each. */
const OPEN_MAX = 50_000

/** A question and what to do about its answer. */
export interface StunQuestion {
  /** The request, transaction id included. */
  readonly bytes: Buffer
  /** Sends it, once for each time it may have been lost. */
  readonly send: (bytes: Buffer) => void
  /** Milliseconds to wait after each time it is sent: as many times as there are waits (RFC 8489 §6.2.1). */
  readonly waits: readonly number[]
  /** Takes an answer that came from there. False: it is not it, and the wait goes on. */
  readonly answered: (bytes: Buffer, from: string) => boolean
  /** No answer came in the last of the waits. */
  readonly unanswered: () => void
}

/** A question that is out. Dispose to care no longer. */
export interface OpenQuestion extends Disposable {
  /** Sends it once more, beside the times that were planned. */
  again(): void
}

/** Questions whose answers are out (RFC 8489 §6.2): sent again while they may have been lost. */
export class StunTransactions {
  readonly #clock: Clock
  readonly #open = new Map<string, StunQuestion & { timer: Disposable | undefined }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get openCount(): number {
    return this.#open.size
  }

  /** Asks. With too many questions open, it counts as unanswered after its waits. */
  ask(question: StunQuestion): OpenQuestion {
    const id = transactionOf(question.bytes)
    const open = { ...question, timer: undefined as Disposable | undefined }
    const isRoom = this.#open.size < OPEN_MAX
    if (isRoom) this.#open.set(id, open)
    let sent = 0
    const next = (): void => {
      const wait = question.waits[sent++]
      if (wait === undefined) {
        this.#open.delete(id)
        question.unanswered()
        return
      }
      open.timer = this.#clock.after(millis(wait), next)
      if (isRoom) question.send(question.bytes)
    }
    next()
    return {
      again: () => {
        if (this.#open.get(id) === open) question.send(question.bytes)
      },
      [Symbol.dispose]: () => {
        open.timer?.[Symbol.dispose]()
        if (this.#open.get(id) === open) this.#open.delete(id)
      },
    }
  }

  /** Takes what may be an answer. False: nobody waits for it. */
  take(bytes: Buffer, from: string): boolean {
    const id = transactionOf(bytes)
    const open = this.#open.get(id)
    if (open === undefined) return false
    // Before it is told: whoever hears it may ask the next question.
    this.#open.delete(id)
    if (!open.answered(bytes, from)) {
      this.#open.set(id, open)
      return false
    }
    open.timer?.[Symbol.dispose]()
    return true
  }
}
