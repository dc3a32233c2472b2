import type { UdpAddress } from '../../net/udp-port.ts'
import type { Clock } from '../../runtime/clock.ts'
import { ClosedError, describeError, MediaError, TimedOutError } from '../../runtime/errors.ts'
import { type Closeable, type CloseReason, done, Lifetime } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'
import type { TurnServer } from './ice-servers.ts'
import { isStun } from './stun-message.ts'
import { StunTransactions } from './stun-transactions.ts'
import {
  formatChannelData,
  formatTurnRequest,
  readChannelData,
  readDataIndication,
  readTurnAnswer,
  type TurnAnswer,
  type TurnIdentity,
  type TurnRequest,
  turnKey,
} from './turn-message.ts'
import { openTurnTransport, type TurnTransport } from './turn-transport.ts'

/** Milliseconds an allocation may take, its connection included; browsers wait for our candidates meanwhile. */
const ALLOCATE_MS_MAX = 4000
/** Milliseconds after each time a request is sent; a stream loses nothing. */
const WAITS = [250, 500, 1000, 2000]
const STREAM_WAITS = [4000]
/** Times a request is asked anew with another nonce or realm (RFC 8489 §9.2.5). */
const CHALLENGES_MAX = 3
/** Seconds an allocation is asked for, and what is taken of what a server says (RFC 8656 §7.2). */
const LIFETIME_SECONDS = 600
const LIFETIME_SECONDS_MAX = 3600
/** The shortest time between two refreshes, whatever a server says. */
const REFRESH_MS_MIN = 10_000
/** Milliseconds after which a channel is bound anew: its permission lives for five minutes (RFC 8656 §9). */
const REBIND_MS = 4 * 60_000
const CHANNEL_FIRST = 0x4000
/** Peers that one relay is used for: the addresses of one browser. */
const CHANNELS_MAX = 32
/** Packets that wait for their channel: checks, which are small and come again. */
const WAITING_MAX = 4

/** A TURN server gave us no relay. */
export class TurnError extends MediaError {
  readonly code = 'turn_failed'
  readonly url: string

  constructor(url: string, why: string, cause?: unknown) {
    super(`${url} gives no relay: ${why}`, { cause })
    this.url = url
  }
}

/** A peer that is reached through the relay. */
interface Channel {
  readonly number: number
  readonly peer: UdpAddress
  state: 'binding' | 'bound' | 'refused'
  readonly waiting: Buffer[]
}

/** How an allocation is made. */
export interface TurnOptions {
  readonly server: TurnServer
  readonly clock: Clock
  /** Gives up while it is made; does nothing afterwards. */
  readonly signal: AbortSignal
}

/** An address of ours on a TURN server (RFC 8656): what comes to it comes to us, as long as we keep it. */
export class TurnAllocation implements Closeable {
  /** Gets what a peer sent; valid for ever. */
  onData: (bytes: Buffer, from: UdpAddress) => void = () => {}
  readonly #options: TurnOptions
  readonly #lifetime = new Lifetime()
  readonly #transactions: StunTransactions
  readonly #channels = new Map<string, Channel>()
  readonly #byNumber = new Map<number, Channel>()
  /** Gives up each question that is out. */
  readonly #open = new Set<() => void>()
  #refreshTimer: Disposable | undefined
  #transport: TurnTransport | undefined
  #identity: TurnIdentity | undefined
  #relayed: UdpAddress = { address: '', port: 0 }

  private constructor(options: TurnOptions) {
    this.#options = options
    this.#transactions = new StunTransactions(options.clock)
    this.#lifetime.defer(() => {
      this.#refreshTimer?.[Symbol.dispose]()
      for (const giveUp of this.#open) giveUp()
    })
  }

  /** Asks a server for an address. Rejects with a `TurnError` within four seconds, or with `ClosedError`. */
  static async open(options: TurnOptions): Promise<TurnAllocation> {
    const { clock, server, signal } = options
    const allocation = new TurnAllocation(options)
    const end = (): void => allocation.close()
    const late = clock.after(millis(ALLOCATE_MS_MAX), end)
    signal.addEventListener('abort', end, { once: true })
    const ended = allocation.closed.then((): never => {
      if (signal.aborted) throw new ClosedError('the session')
      throw new TimedOutError(server.url, ALLOCATE_MS_MAX)
    })
    ended.catch(() => {})
    try {
      await Promise.race([allocation.#allocate(), ended])
      return allocation
    } catch (error) {
      allocation.close()
      if (error instanceof TurnError || error instanceof ClosedError) throw error
      throw new TurnError(server.url, describeError(error).message, error)
    } finally {
      late[Symbol.dispose]()
      signal.removeEventListener('abort', end)
    }
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  /** Our address there. */
  get relayed(): UdpAddress {
    return this.#relayed
  }

  /** Bytes that have not left. */
  get pendingBytes(): number {
    return this.#transport?.pendingBytes ?? 0
  }

  async #allocate(): Promise<void> {
    const { server, clock } = this.#options
    const transport = await openTurnTransport({
      ...{ server, clock, signal: this.#lifetime.signal },
      onMessage: bytes => this.#take(bytes),
      onLost: reason => this.close(reason),
    })
    this.#lifetime.own(transport)
    this.#transport = transport
    const answer = await this.#request({ method: 'allocate', lifetimeSeconds: LIFETIME_SECONDS })
    if (answer.relayed === undefined || answer.lifetimeSeconds === undefined)
      throw new TurnError(server.url, 'its answer names no address')
    this.#relayed = answer.relayed
    this.#lifetime.defer(() => this.#giveBack())
    this.#lifetime.own(clock.every(millis(REBIND_MS), () => this.#rebind()))
    this.#refreshIn(answer.lifetimeSeconds)
  }

  /** Half the lifetime before its end, so that a lost answer costs nothing. */
  #refreshIn(lifetimeSeconds: number): void {
    const halfMs = Math.min(lifetimeSeconds, LIFETIME_SECONDS_MAX) * 500
    if (this.#lifetime.ended) return
    this.#refreshTimer = this.#options.clock.after(millis(Math.max(halfMs, REFRESH_MS_MIN)), () => {
      this.#request({ method: 'refresh', lifetimeSeconds: LIFETIME_SECONDS })
        .then(answer => this.#refreshIn(answer.lifetimeSeconds ?? LIFETIME_SECONDS))
        .catch((error: unknown) => this.close(describeError(error)))
    })
  }

  /** A lifetime of zero frees it at once; the answer is not waited for (RFC 8656 §8). */
  #giveBack(): void {
    this.#transport?.send(formatTurnRequest({ method: 'refresh', lifetimeSeconds: 0 }, this.#identity))
  }

  async #request(request: TurnRequest): Promise<Extract<TurnAnswer, { readonly kind: 'done' }>> {
    const { url, username, credential } = this.#options.server
    for (let asked = 0; asked <= CHALLENGES_MAX; asked++) {
      const answer = await this.#ask(request)
      if (answer.kind === 'done') return answer
      if (answer.kind === 'refused') throw new TurnError(url, `${answer.code} ${answer.reason}`.trim())
      const realm = answer.realm ?? this.#identity?.realm
      // The same question again to who has heard our name and password: they are wrong.
      const isNew = this.#identity === undefined || answer.nonce !== this.#identity.nonce
      if (realm === undefined || !isNew) break
      this.#identity = { username, realm, nonce: answer.nonce, key: turnKey(username, realm, credential) }
    }
    throw new TurnError(url, 'it does not take our username and credential')
  }

  #ask(request: TurnRequest): Promise<TurnAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<TurnAnswer>()
    const identity = this.#identity
    const transport = this.#transport
    const question = this.#transactions.ask({
      bytes: formatTurnRequest(request, identity),
      waits: transport?.isStream === true ? STREAM_WAITS : WAITS,
      send: bytes => transport?.send(bytes),
      answered: bytes => {
        const answer = readTurnAnswer(bytes, identity)
        if (answer !== undefined) resolve(answer)
        return answer !== undefined
      },
      unanswered: () => reject(new TimedOutError(this.#options.server.url, ALLOCATE_MS_MAX)),
    })
    const giveUp = (): void => {
      question[Symbol.dispose]()
      reject(new ClosedError('the relay'))
    }
    if (this.#lifetime.ended) giveUp()
    else this.#open.add(giveUp)
    return promise.finally(() => this.#open.delete(giveUp))
  }

  /** Makes a peer reachable: its channel is bound, which lets what it sends pass as well. False: there are too many. */
  permit(peer: UdpAddress): boolean {
    const key = `${peer.address} ${peer.port}`
    if (this.#channels.has(key)) return true
    if (this.#channels.size >= CHANNELS_MAX || this.#lifetime.ended) return false
    const number = CHANNEL_FIRST + this.#channels.size
    const channel: Channel = { number, peer, state: 'binding', waiting: [] }
    this.#channels.set(key, channel)
    this.#byNumber.set(number, channel)
    this.#bind(channel)
    return true
  }

  #bind(channel: Channel): void {
    const { number, peer } = channel
    this.#request({ method: 'bind', channel: number, peer })
      .then(() => {
        channel.state = 'bound'
        for (const bytes of channel.waiting.splice(0)) this.#transport?.send(bytes)
      })
      .catch(() => {
        channel.state = 'refused'
        channel.waiting.length = 0
      })
  }

  #rebind(): void {
    for (const channel of this.#channels.values()) if (channel.state === 'bound') this.#bind(channel)
  }

  /** Sends a packet to a peer that was permitted; its memory is not needed afterwards. */
  send(bytes: Buffer, to: UdpAddress): void {
    const channel = this.#channels.get(`${to.address} ${to.port}`)
    const transport = this.#transport
    if (channel === undefined || transport === undefined || this.#lifetime.ended) return
    const framed = formatChannelData(channel.number, bytes, transport.isStream)
    if (channel.state === 'bound') transport.send(framed)
    else if (channel.state === 'binding' && channel.waiting.length < WAITING_MAX) channel.waiting.push(framed)
  }

  #take(bytes: Buffer): void {
    if (this.#lifetime.ended) return
    if (!isStun(bytes)) {
      const found = readChannelData(bytes)
      const channel = found && this.#byNumber.get(found.channel)
      if (found !== undefined && channel !== undefined) this.onData(found.data, channel.peer)
      return
    }
    if (this.#transactions.take(bytes, '')) return
    const indication = readDataIndication(bytes)
    if (indication !== undefined) this.onData(indication.data, indication.peer)
  }

  close(reason: CloseReason = done): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
