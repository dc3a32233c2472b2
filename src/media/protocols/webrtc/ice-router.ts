import { classes } from 'werift'
import type { Clock } from '../../runtime/clock.ts'
import { millis } from '../../runtime/units.ts'
import { type BindingRequest, checkNames, isBindingRequest, readBindingRequest } from './binding.ts'
import type { IceNetwork } from './ice-checks.ts'
import type { IceSession } from './ice-session.ts'
import { stunClass } from './stun-message.ts'
import { StunTransactions } from './stun-transactions.ts'

/**
 * Checks a second that may go, of all sessions, to addresses where nobody has proven to be: 120 bytes each are
 * half a megabit. An offer names any addresses it likes, and this is all that thousands of them can aim at one.
 */
const CALLS_PER_SECOND_MAX = 500

/** What came to a port, sorted: whose check it is, or what it answers. */
export class IceRouter implements IceNetwork, Disposable {
  readonly transactions: StunTransactions
  readonly #sessions = new Map<string, IceSession>()
  readonly #refill: Disposable
  #callsLeft = CALLS_PER_SECOND_MAX
  /** Datagrams and frames that were nobody's. */
  strayCount = 0
  /** Checks that were not sent, as there were too many in their second. */
  withheldCount = 0

  constructor(clock: Clock) {
    this.transactions = new StunTransactions(clock)
    this.#refill = clock.every(millis(1000), () => {
      this.#callsLeft = CALLS_PER_SECOND_MAX
    })
  }

  get sessionCount(): number {
    return this.#sessions.size
  }

  mayCall(): boolean {
    if (this.#callsLeft > 0) {
      this.#callsLeft--
      return true
    }
    this.withheldCount++
    return false
  }

  /** From now on until its end, a session's checks are recognised. */
  add(session: IceSession): void {
    this.#sessions.set(session.localName, session)
    void session.closed.then(() => this.#sessions.delete(session.localName))
  }

  /** Whose check this is, once it is proven. `undefined`: nobody's, which is counted. */
  checkIn(bytes: Buffer): { readonly session: IceSession; readonly request: BindingRequest } | undefined {
    const session = this.#sessions.get(checkNames(bytes)?.local ?? '')
    const request = session && readBindingRequest(bytes, session.localPassword)
    if (session !== undefined && request !== undefined) return { session, request }
    this.strayCount++
    return undefined
  }

  /** Takes a STUN message unless it is a check, which is left to whoever knows the way it came. */
  isOther(bytes: Buffer, from: string): boolean {
    if (isBindingRequest(bytes)) return false
    const kind = stunClass(bytes)
    if (kind === classes.RESPONSE || kind === classes.ERROR) this.transactions.take(bytes, from)
    return true
  }

  [Symbol.dispose](): void {
    this.#refill[Symbol.dispose]()
    for (const session of [...this.#sessions.values()]) session.close()
  }
}
