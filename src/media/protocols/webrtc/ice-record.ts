import type { Clock } from '../../runtime/clock.ts'
import type { IceCandidate } from './ice-candidate.ts'
import type { IcePath } from './ice-path.ts'

/** Entries of each list of a record: more than any honest peer makes. What comes later is counted. */
const ENTRIES_MAX = 64

/** An address of one side, as it was told. */
export type CandidateFact = Pick<IceCandidate, 'type' | 'protocol' | 'address' | 'port'>

/** What came of a way: nothing yet, an answer, none in time, a refusal, or its connection ended. */
export type PathOutcome = 'tried' | 'answered' | 'unanswered' | 'refused' | 'ended'

/** A way that was tried. */
export interface PathFact {
  /** Where our packets leave: from the port, or through a relay. */
  readonly from: IcePath['from']
  readonly protocol: 'udp' | 'tcp'
  /** The peer's. */
  readonly address: string
  readonly port: number
  readonly outcome: PathOutcome
  /** Milliseconds since 1970 of the first check, ours or the peer's, and of the outcome. */
  readonly triedAt: number
  readonly outcomeAt?: number
}

/** A way that was chosen. */
export interface SelectionFact extends Pick<PathFact, 'from' | 'protocol' | 'address' | 'port'> {
  /** Milliseconds since 1970. */
  readonly at: number
}

/** A STUN or TURN server that was asked. */
export interface ServerFact {
  /** As configured, without credentials. */
  readonly url: string
  /** Milliseconds since 1970 of the question's end. */
  readonly at: number
  /** Our address as it sees it, or the one it gives us: `host:port`. */
  readonly address?: string
  /** Why there is none. */
  readonly error?: string
}

/** How two sides found to each other, for the history. Never changes. */
export interface IceRecord {
  readonly role: 'controlling' | 'controlled'
  readonly local: readonly CandidateFact[]
  readonly remote: readonly CandidateFact[]
  readonly paths: readonly PathFact[]
  /** The last one is the one in use. */
  readonly selections: readonly SelectionFact[]
  readonly servers: readonly ServerFact[]
  /** Entries that no list had room for. */
  readonly leftOut: number
}

/** Keeps a session's record: 64 entries of each kind, and a count of the rest. */
export class IceRecorder {
  readonly #clock: Clock
  readonly #local: CandidateFact[] = []
  readonly #remote: CandidateFact[] = []
  readonly #paths = new Map<string, PathFact>()
  readonly #selections: SelectionFact[] = []
  readonly #servers: ServerFact[] = []
  #leftOut = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A snapshot. */
  record(role: IceRecord['role']): IceRecord {
    return {
      ...{ role, local: [...this.#local], remote: [...this.#remote], paths: [...this.#paths.values()] },
      ...{ selections: [...this.#selections], servers: [...this.#servers], leftOut: this.#leftOut },
    }
  }

  local(candidate: IceCandidate): void {
    this.#add(this.#local, candidateFact(candidate))
  }

  remote(candidate: IceCandidate): void {
    this.#add(this.#remote, candidateFact(candidate))
  }

  /** What became of a way; `tried` when it is new. */
  path({ key, from, protocol, address, port }: IcePath, outcome: PathOutcome): void {
    const at = this.#clock.wallTime()
    const known = this.#paths.get(key)
    if (known === undefined && this.#paths.size >= ENTRIES_MAX) {
      this.#leftOut++
      return
    }
    const begun = known ?? { from, protocol, address, port, triedAt: at }
    if (outcome === 'tried') this.#paths.set(key, { ...begun, outcome: known?.outcome ?? outcome })
    else if (known?.outcome !== outcome) this.#paths.set(key, { ...begun, outcome, outcomeAt: at })
  }

  selected({ from, protocol, address, port }: IcePath): void {
    this.#add(this.#selections, { from, protocol, address, port, at: this.#clock.wallTime() })
  }

  server(url: string, outcome: Pick<ServerFact, 'address' | 'error'>): void {
    this.#add(this.#servers, { url, at: this.#clock.wallTime(), ...outcome })
  }

  #add<Fact>(list: Fact[], fact: Fact): void {
    if (list.length < ENTRIES_MAX) list.push(fact)
    else this.#leftOut++
  }
}

const candidateFact = ({ type, protocol, address, port }: IceCandidate): CandidateFact => ({
  ...{ type, protocol, address, port },
})
