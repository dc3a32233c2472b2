import type {
  CandidateFact,
  PathFact,
  PathOutcome,
  SelectionFact,
  ServerFact,
  WaysRecord,
} from '../../core/session-record.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { IceCandidate } from './ice-candidate.ts'
import type { IcePath } from './ice-path.ts'

/** Entries of each list of a record: more than any honest peer makes. What comes later is counted. */
const ENTRIES_MAX = 64

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
  record(role: WaysRecord['role']): WaysRecord {
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
