import { randomBytes } from 'node:crypto'
import { bindingRequest, type CheckNames, type IceRole, readCheckAnswer } from './binding.ts'
import { candidatePriority, pairPriority } from './ice-candidate.ts'
import type { IcePath } from './ice-path.ts'
import type { IceRecorder } from './ice-record.ts'
import type { OpenQuestion, StunTransactions } from './stun-transactions.ts'

/** Ways one peer may come by and we try: interfaces × protocols × relays, before and after it moved. */
const PATHS_MAX = 32
/** Milliseconds after each time a check is sent: six times within twelve seconds (RFC 8445 §14.3). */
const CHECK_WAITS = [250, 500, 1000, 2000, 4000, 4000]
/** The same where nothing is lost (RFC 8445 §14.3, RFC 6544 §7.1). */
const RELIABLE_WAITS = [5000]
/** One question whether the peer still wants what it gets: the next one follows (RFC 7675 §5.1). */
const CONSENT_WAITS = [5000]
/** What a way found by a check would be worth: through a relay less than from the port. */
const LOCAL_PREFERENCE = { port: 65_535, relay: 0 } as const

/** What sessions of a port have in common. */
export interface IceNetwork {
  readonly transactions: StunTransactions
  /** Takes one of the datagrams that may go, in a second, to who has proven nothing. False: none is left. */
  mayCall(): boolean
}

/** What our checks say of us. */
export interface CheckIdentity {
  readonly names: CheckNames
  readonly remotePassword: string
  readonly role: IceRole
  readonly tieBreaker: bigint
}

/** A way, and what is known of it (RFC 8445 §6.1.2.6). */
export interface Pair {
  readonly path: IcePath
  state: 'waiting' | 'checking' | 'valid' | 'failed'
  /** What it is worth to the peer. */
  remotePriority: number
  /** The peer chose it: taken as soon as it is valid. */
  wanted: boolean
  /** One datagram is free: the peer has just sent a proven check. */
  owed: boolean
  question: OpenQuestion | undefined
}

/** Why a check is made: as the list says, because the peer's came, to choose the way, to ask whether it still is wanted. */
export type CheckCause = 'listed' | 'triggered' | 'nominating' | 'consent'

/** What a list of checks is made for. */
export interface CheckListOptions {
  readonly recorder: IceRecorder
  /** `undefined` until the peer is known. */
  readonly identity: () => CheckIdentity | undefined
  readonly onAnswered: (pair: Pair, cause: CheckCause) => void
  readonly onFailed: (pair: Pair, cause: CheckCause) => void
  /** The peer has the role that we said we have. */
  readonly onConflict: (pair: Pair, said: IceRole) => void
}

/** The ways between two peers, and the checks of ours on them (RFC 8445 §6.1.2, §7.2). */
export class CheckList implements Disposable {
  readonly #options: CheckListOptions
  readonly #pairs = new Map<string, Pair>()
  #network: IceNetwork | undefined

  constructor(options: CheckListOptions) {
    this.#options = options
  }

  get pairs(): readonly Pair[] {
    return [...this.#pairs.values()]
  }

  /** The way of this key, as long as it is open. */
  pathBy(key: string): IcePath | undefined {
    const path = this.#pairs.get(key)?.path
    return path?.isClosed === false ? path : undefined
  }

  /** From now on, checks are made by this. */
  use(network: IceNetwork): void {
    this.#network = network
    this.checkAll()
  }

  /** The pair of a way. `undefined`: there are too many. */
  pairOf(path: IcePath, remotePriority: number): Pair | undefined {
    const known = this.#pairs.get(path.key)
    // The same address by a new connection or socket is a new way.
    if (known !== undefined && known.path === path) {
      known.remotePriority = Math.max(known.remotePriority, remotePriority)
      return known
    }
    if (known !== undefined) this.#forget(known)
    if (this.#pairs.size >= PATHS_MAX) return undefined
    const pair: Pair = { path, state: 'waiting', remotePriority, wanted: false, owed: false, question: undefined }
    this.#pairs.set(path.key, pair)
    this.#options.recorder.path(path, 'tried')
    return pair
  }

  /** A way has ended. */
  remove(path: IcePath): void {
    const known = this.#pairs.get(path.key)
    if (known?.path !== path) return
    this.#options.recorder.path(path, 'ended')
    this.#forget(known)
  }

  #forget(pair: Pair): void {
    pair.question?.[Symbol.dispose]()
    this.#pairs.delete(pair.path.key)
  }

  /** What a pair is worth; depends on who is in control. */
  priorityOf({ path, remotePriority }: Pair): bigint {
    return this.#options.identity()?.role === 'controlling'
      ? pairPriority(path.priority, remotePriority)
      : pairPriority(remotePriority, path.priority)
  }

  /** Checks what has not been checked. */
  checkAll(): void {
    for (const pair of this.#pairs.values()) if (pair.state === 'waiting') this.check(pair, 'listed')
  }

  /** The peer's check came this way: ours follows at once, the one that is out again or a new one. */
  trigger(pair: Pair): void {
    pair.owed = true
    if (pair.question === undefined || pair.state === 'valid') this.check(pair, 'triggered')
    else pair.question.again()
  }

  /** Checks a way; nothing happens before the network and the peer are known. */
  check(pair: Pair, cause: CheckCause): void {
    const network = this.#network
    const identity = this.#options.identity()
    if (network === undefined || identity === undefined) return
    pair.question?.[Symbol.dispose]()
    if (pair.state !== 'valid') pair.state = 'checking'
    const { names, remotePassword, role, tieBreaker } = identity
    const { path } = pair
    const nominates = role === 'controlling' && (cause === 'nominating' || cause === 'consent')
    const bytes = bindingRequest({
      ...{ transactionId: randomBytes(12), names, remotePassword, role, tieBreaker, nominates },
      priority: candidatePriority('prflx', LOCAL_PREFERENCE[path.from]),
    })
    pair.question = network.transactions.ask({
      ...{ bytes, waits: waitsFor(path, cause) },
      send: () => {
        // Whoever has proven nothing gets what the budget has.
        if (pair.owed || pair.state === 'valid' || network.mayCall()) path.send([bytes])
        pair.owed = false
      },
      answered: (answer, from) => from === path.key && this.#take(pair, answer, { cause, role, remotePassword }),
      unanswered: () => this.#fail(pair, cause, 'unanswered'),
    })
  }

  #take(
    pair: Pair,
    bytes: Buffer,
    asked: { readonly cause: CheckCause; readonly role: IceRole; readonly remotePassword: string },
  ): boolean {
    const answer = readCheckAnswer(bytes, asked.remotePassword)
    if (answer === undefined) return false
    pair.question = undefined
    if (answer.kind === 'conflict') this.#options.onConflict(pair, asked.role)
    else if (answer.kind === 'refused') this.#fail(pair, asked.cause, 'refused')
    else {
      pair.state = 'valid'
      pair.path.prove()
      this.#options.recorder.path(pair.path, 'answered')
      this.#options.onAnswered(pair, asked.cause)
    }
    return true
  }

  #fail(pair: Pair, cause: CheckCause, outcome: 'unanswered' | 'refused'): void {
    pair.question = undefined
    if (cause === 'consent') return
    pair.state = 'failed'
    this.#options.recorder.path(pair.path, outcome)
    this.#options.onFailed(pair, cause)
  }

  [Symbol.dispose](): void {
    for (const { question, path } of this.#pairs.values()) {
      question?.[Symbol.dispose]()
      path.close()
    }
    this.#pairs.clear()
  }
}

const waitsFor = ({ protocol, from }: IcePath, cause: CheckCause): readonly number[] => {
  if (cause === 'consent') return CONSENT_WAITS
  return protocol === 'tcp' && from === 'port' ? RELIABLE_WAITS : CHECK_WAITS
}
