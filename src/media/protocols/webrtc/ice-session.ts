import { randomBytes, randomInt } from 'node:crypto'
import { isIP } from 'node:net'
import type { WaysRecord } from '../../core/session-record.ts'
import type { Clock } from '../../runtime/clock.ts'
import { describeError } from '../../runtime/errors.ts'
import { type Closeable, type CloseReason, done, Lifetime } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'
import { type BindingRequest, bindingResponse, type IceRole, roleConflict } from './binding.ts'
import { formatCandidate, type IceCandidate, parseCandidate } from './ice-candidate.ts'
import { type CheckCause, CheckList, type IceNetwork, type Pair } from './ice-checks.ts'
import type { IceBase, IcePath } from './ice-path.ts'
import { IceRecorder } from './ice-record.ts'

/** Letters of a name and a password: far more than RFC 8445 §5.3 asks for, as one port serves everybody. */
const NAME_LETTERS = 16
const PASSWORD_LETTERS = 24
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** Milliseconds without an answer after which nobody is there any more (RFC 7675 §5.1). */
const CONSENT_MS_MAX = 30_000
const CONSENT_LOOK_MS = 1000
/** Milliseconds between two questions whether the peer still wants what it gets (RFC 7675 §5.1). */
const CONSENT_MS = 5000
/** Addresses of a peer that are checked, and bases of ours that they are checked from. */
const REMOTE_MAX = 20
const BASES_MAX = 8
/** Candidates of ours that are told: addresses of a machine with many networks, and relays. */
const LOCAL_MAX = 64
/** Milliseconds that a better way may take longer than the first one that works, before that one is chosen. */
const NOMINATION_MS = 250
/** Milliseconds in which the side that chooses must have found a way: browsers give up in as long. */
const CONNECT_MS_MAX = 30_000
/** Times that the peer may say that it has our role: one of each of its addresses would do. */
const CONFLICTS_MAX = 10

const consentExpired: CloseReason = { code: 'peer_lost', message: 'the peer has not been heard of for 30 s' }
const noWay: CloseReason = { code: 'no_way', message: 'no way to the peer worked within 30 s' }

const randomLetters = (count: number): string => Array.from({ length: count }, () => LETTERS[randomInt(62)]).join('')

/** The peer's name and password: `ice-ufrag` and `ice-pwd` of its description. */
export interface IceCredentials {
  readonly name: string
  readonly password: string
}

/** How a session is made. */
export interface IceSessionOptions {
  readonly clock: Clock
  /** `controlled` for who answers, `controlling` for who offers or answers a peer of `a=ice-lite` (RFC 8445 §6.1.1). */
  readonly role: IceRole
  /** Where it is known already: who offers learns it from the answer. */
  readonly remote?: IceCredentials
  /** Connect to candidates of TCP that wait for it: only for peers that we chose ourselves. Default false. */
  readonly connects?: boolean
}

/**
 * Our side of one peer's connectivity checks (RFC 8445): a full agent for one component. Nothing is sent to an
 * address but checks before the peer has answered one there, and a way over which no answer has come for 30 s ends
 * the session (RFC 7675). As `controlled` it goes along with whichever way the peer chooses, also later, when it
 * moves from one network to another; as `controlling` it chooses the best way that works.
 */
export class IceSession implements Closeable {
  readonly localName = randomLetters(NAME_LETTERS)
  readonly localPassword = randomLetters(PASSWORD_LETTERS)
  /** Gets what comes on a proven way, except checks. */
  onData: (bytes: Buffer) => void = () => {}
  /** Told of each way that is chosen: the first, and each that takes its place. */
  onSelected: (path: IcePath) => void = () => {}
  /** Told of each candidate of ours that is found after `add` of the port: `candidate:…` is for who writes it. */
  onCandidate: (line: string) => void = () => {}
  /** Whether connections to the peer may be made. */
  readonly connects: boolean
  readonly #clock: Clock
  readonly #lifetime = new Lifetime()
  readonly #recorder: IceRecorder
  readonly #checks: CheckList
  readonly #gathered = Promise.withResolvers<readonly string[]>()
  readonly #candidates: string[] = []
  readonly #bases: IceBase[] = []
  readonly #remotes = new Map<string, IceCandidate>()
  #role: IceRole
  #tieBreaker = randomBytes(8).readBigUInt64BE()
  #remote: IceCredentials | undefined
  #selected: Pair | undefined
  #nominationTimer: Disposable | undefined
  #nominating: Pair | undefined
  #waitedForBetter = false
  #conflicts = 0
  #heardAt = 0

  constructor({ clock, role, remote, connects = false }: IceSessionOptions) {
    this.connects = connects
    this.#clock = clock
    this.#role = role
    this.#remote = remote
    this.#recorder = new IceRecorder(clock)
    this.#checks = new CheckList({
      recorder: this.#recorder,
      identity: () => this.#identity,
      onAnswered: (pair, cause) => this.#answered(pair, cause),
      onFailed: (pair, cause) => this.#failed(pair, cause),
      onConflict: (pair, said) => this.#conflict(pair, said),
    })
    this.#lifetime.own(this.#checks)
    this.#lifetime.own(clock.every(millis(CONSENT_LOOK_MS), () => this.#look()))
    this.#lifetime.own(clock.every(millis(CONSENT_MS), () => this.#askConsent()))
    this.#lifetime.own(clock.after(millis(CONNECT_MS_MAX), () => this.#late()))
    this.#lifetime.defer(() => {
      this.#nominationTimer?.[Symbol.dispose]()
      this.#selected = undefined
      this.endGathering()
    })
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get ended(): boolean {
    return this.#lifetime.ended
  }

  get role(): IceRole {
    return this.#role
  }

  /** The way that is used; `undefined` before one was chosen. */
  get selected(): IcePath | undefined {
    return this.#selected?.path
  }

  /** What happened so far, for the history. */
  get record(): WaysRecord {
    return this.#recorder.record(this.#role)
  }

  get #identity() {
    if (this.#remote === undefined || this.#lifetime.ended) return undefined
    const { name, password } = this.#remote
    const names = { local: this.localName, remote: name }
    return { names, remotePassword: password, role: this.#role, tieBreaker: this.#tieBreaker }
  }

  /** The candidates of ours that are known so far, without `candidate:`, in the order in which they were found. */
  get candidates(): readonly string[] {
    return this.#candidates
  }

  /** All candidates of ours, when the last server has answered or has taken too long. Never rejects. */
  get gathered(): Promise<readonly string[]> {
    return this.#gathered.promise
  }

  /** Names the peer, once: from now on it is checked. */
  setRemote(remote: IceCredentials): void {
    this.#remote ??= remote
    this.#checks.checkAll()
  }

  /**
   * Takes a candidate of the peer's: with `candidate:` or not. Checked are the first 20 with an address, by UDP,
   * and where it `connects` those that wait for connections (RFC 6544);
   * names (mDNS) are passed over, as their owner's checks tell us where it is.
   */
  addRemote(line: string): void {
    const candidate = parseCandidate(line)
    if (candidate === undefined || this.#lifetime.ended) return
    const { protocol, address, port } = candidate
    const key = `${protocol} ${address} ${port}`
    if (this.#remotes.has(key) || this.#remotes.size >= REMOTE_MAX) return
    this.#remotes.set(key, candidate)
    this.#recorder.remote(candidate)
    for (const base of this.#bases) this.#pairUp(base, candidate)
    this.#checks.checkAll()
  }

  #pairUp(base: IceBase, { protocol, address, port, priority, tcpType }: IceCandidate): void {
    if (protocol !== base.protocol || isIP(address) !== base.family || port === 0) return
    if (protocol === 'tcp' && tcpType !== 'passive') return
    const path = base.pathTo(address, port)
    if (path !== undefined) this.#checks.pairOf(path, priority)
  }

  /** Checks go out by this from now on. For the port. */
  join(network: IceNetwork): void {
    this.#checks.use(network)
  }

  /** The peer's candidates are checked from there as well. For the port. */
  addBase(base: IceBase): void {
    if (this.#lifetime.ended || this.#bases.length >= BASES_MAX) return
    this.#bases.push(base)
    for (const candidate of this.#remotes.values()) this.#pairUp(base, candidate)
    this.#checks.checkAll()
  }

  /** A candidate of ours was found. For the port. */
  addLocal(candidate: IceCandidate): void {
    const line = formatCandidate(candidate)
    if (this.#lifetime.ended || this.#candidates.length >= LOCAL_MAX || this.#candidates.includes(line)) return
    this.#candidates.push(line)
    this.#recorder.local(candidate)
    this.onCandidate(line)
  }

  /** A server was asked. For the port. */
  noteServer(url: string, outcome: { readonly address?: string; readonly error?: string }): void {
    this.#recorder.server(url, outcome)
  }

  /** No more candidates of ours are waited for. For the port. */
  endGathering(): void {
    this.#gathered.resolve(this.#candidates)
  }

  /** A way that is known already and open. For the port. */
  pathBy(key: string): IcePath | undefined {
    return this.#checks.pathBy(key)
  }

  /** Answers a proven check that came by `path`. False: the peer has come by too many ways. */
  check(request: BindingRequest, path: IcePath): boolean {
    if (this.#lifetime.ended) return false
    const pair = this.#checks.pairOf(path, request.priority)
    if (pair === undefined) return false
    if (this.#selected === undefined) this.#heardAt = this.#clock.now()
    if (request.role === this.#role && !this.#yields(request)) {
      path.send([roleConflict(request, this.localPassword)])
      return true
    }
    path.send([bindingResponse(request, this.localPassword, path.address, path.port)])
    if (this.#role === 'controlled' && request.nominates) this.#want(pair)
    if (pair.state !== 'valid') this.#checks.trigger(pair)
    return true
  }

  /** Both want the same role: whoever has the larger number controls (RFC 8445 §7.3.1.1). False: the peer yields. */
  #yields({ tieBreaker }: BindingRequest): boolean {
    const isLarger = this.#tieBreaker >= tieBreaker
    if (isLarger === (this.#role === 'controlling')) return false
    this.#take(this.#role === 'controlling' ? 'controlled' : 'controlling')
    return true
  }

  #take(role: IceRole): void {
    this.#role = role
    this.#nominating = undefined
    this.#nominate()
  }

  #conflict(pair: Pair, said: IceRole): void {
    // RFC 8445 §7.2.5.1: the other role than that of the check, and a new number.
    if (++this.#conflicts > CONFLICTS_MAX) return
    if (said === this.#role) {
      this.#tieBreaker = randomBytes(8).readBigUInt64BE()
      this.#take(said === 'controlling' ? 'controlled' : 'controlling')
    }
    this.#checks.check(pair, 'triggered')
  }

  /** A connection has proven where the peer is; a datagram's sender may be anybody until it has answered (§7.3.1.5). */
  #want(pair: Pair): void {
    for (const other of this.#checks.pairs) other.wanted = other === pair
    if (pair.state === 'valid' || isConnection(pair.path)) this.#select(pair)
  }

  #answered(pair: Pair, cause: CheckCause): void {
    if (pair === this.#selected || this.#selected === undefined) this.#heardAt = this.#clock.now()
    if (this.#role === 'controlled') {
      if (pair.wanted) this.#select(pair)
    } else if (cause === 'nominating' && pair === this.#nominating) this.#select(pair)
    else this.#nominate()
  }

  #failed(pair: Pair, cause: CheckCause): void {
    if (cause === 'nominating' && pair === this.#nominating) this.#nominating = undefined
    this.#nominate()
  }

  /** Chooses the best way that works, once nothing better can come soon (RFC 8445 §8.1.1). */
  #nominate(): void {
    if (this.#role !== 'controlling' || this.#selected !== undefined || this.#nominating !== undefined) return
    const ranked = this.#checks.pairs
      .filter(({ state }) => state !== 'failed')
      .sort((a, b) => (this.#checks.priorityOf(a) > this.#checks.priorityOf(b) ? -1 : 1))
    const best = ranked.find(({ state }) => state === 'valid')
    if (best === undefined) return
    if (best === ranked[0] || this.#waitedForBetter) {
      this.#nominating = best
      this.#checks.check(best, 'nominating')
    } else {
      this.#nominationTimer ??= this.#clock.after(millis(NOMINATION_MS), () => {
        this.#waitedForBetter = true
        this.#nominate()
      })
    }
  }

  #select(pair: Pair): void {
    if (this.#selected === pair || this.#lifetime.ended) return
    this.#selected = pair
    this.#heardAt = this.#clock.now()
    this.#recorder.selected(pair.path)
    this.onSelected(pair.path)
  }

  /** Takes what came by a way that was proven. What that throws ends this session, and no other. */
  receive(bytes: Buffer): void {
    if (this.#lifetime.ended) return
    try {
      this.onData(bytes)
    } catch (error) {
      this.close(describeError(error))
    }
  }

  /** A way has ended: a TCP connection was closed, a relay is gone. */
  lose(path: IcePath): void {
    const isSelected = this.#selected?.path === path
    this.#checks.remove(path)
    if (isSelected) this.close({ code: 'closed_by_peer', message: 'the peer closed the connection' })
  }

  /** Sends packets the chosen way; nowhere while there is none. True: their memory is still needed. */
  send(packets: readonly Buffer[]): boolean {
    return this.#selected?.path.send(packets) ?? false
  }

  #look(): void {
    if (this.#heardAt !== 0 && this.#clock.now() - this.#heardAt > CONSENT_MS_MAX) this.close(consentExpired)
  }

  #askConsent(): void {
    if (this.#selected !== undefined) this.#checks.check(this.#selected, 'consent')
  }

  #late(): void {
    if (this.#selected === undefined && this.#role === 'controlling') this.close(noWay)
  }

  close(reason: CloseReason = done): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

const isConnection = ({ protocol, from }: IcePath): boolean => protocol === 'tcp' && from === 'port'
