import { randomInt } from 'node:crypto'
import type { Clock } from '../../runtime/clock.ts'
import { describeError } from '../../runtime/errors.ts'
import { type Closeable, type CloseReason, done, Lifetime } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'
import { type BindingRequest, bindingRequest, bindingResponse } from './binding.ts'

/** Letters of a name and a password: far more than RFC 8445 §5.3 asks for, as one port serves everybody. */
const NAME_LETTERS = 16
const PASSWORD_LETTERS = 24
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** Ways one peer may come by: interfaces × protocols, before and after it moved. */
const PATHS_MAX = 32
/** Milliseconds without a check after which nobody is there any more (RFC 7675 §5.1). */
const CONSENT_MS_MAX = 30_000
const CONSENT_LOOK_MS = 1000
/** Addresses of a peer that are called, how often, and how far apart: enough to open a way through its router. */
const CANDIDATES_MAX = 20
const CALLS_MAX = 6
const CALL_MS = 500

/** A way to the peer. */
export interface IcePath {
  readonly protocol: 'udp' | 'tcp'
  readonly address: string
  readonly port: number
  /** Bytes that have not left. */
  readonly pendingBytes: number
  /** Sends packets one after another. True: their memory is still needed. */
  send(packets: readonly Buffer[]): boolean
  close(): void
}

/** Sends one datagram to where nothing has come from yet. */
export type Caller = (bytes: Buffer, address: string, port: number) => void

const consentExpired: CloseReason = { code: 'peer_lost', message: 'the peer has not been heard of for 30 s' }

const randomLetters = (count: number): string => Array.from({ length: count }, () => LETTERS[randomInt(62)]).join('')

/**
 * Our side of one peer's connectivity checks (RFC 8445), always the controlled one: answers them once they
 * have proven to know the password, and goes along with whichever way the peer names, also later, when it
 * moves from one network to another. What it sends before that goes nowhere.
 */
export class IceSession implements Closeable {
  readonly localName = randomLetters(NAME_LETTERS)
  readonly localPassword = randomLetters(PASSWORD_LETTERS)
  /** Gets what comes on a proven way, except checks. */
  onData: (bytes: Buffer) => void = () => {}
  /** Told of each way that is chosen: the first, and each that takes its place. */
  onSelected: (path: IcePath) => void = () => {}
  readonly #clock: Clock
  readonly #remoteName: string
  readonly #remotePassword: string
  readonly #lifetime = new Lifetime()
  readonly #paths = new Set<IcePath>()
  readonly #called = new Set<string>()
  #caller: Caller | undefined
  #selected: IcePath | undefined
  #heardAt = 0

  constructor(clock: Clock, remoteName: string, remotePassword: string) {
    this.#clock = clock
    this.#remoteName = remoteName
    this.#remotePassword = remotePassword
    this.#lifetime.own(clock.every(millis(CONSENT_LOOK_MS), () => this.#look()))
    this.#lifetime.defer(() => {
      for (const path of this.#paths) path.close()
      this.#paths.clear()
      this.#selected = undefined
    })
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get ended(): boolean {
    return this.#lifetime.ended
  }

  /** The way that is used; `undefined` before one was chosen. */
  get selected(): IcePath | undefined {
    return this.#selected
  }

  /** The ways that were proven, for the record. */
  get paths(): readonly IcePath[] {
    return [...this.#paths]
  }

  /** Answers a proven check that came by `path`. False: the peer has come by too many ways. */
  check(request: BindingRequest, path: IcePath): boolean {
    if (this.#lifetime.ended) return false
    if (!this.#paths.has(path) && this.#paths.size >= PATHS_MAX) return false
    this.#paths.add(path)
    this.#heardAt = this.#clock.now()
    path.send([bindingResponse(request, this.localPassword, path.address, path.port)])
    if (request.nominates && this.#selected !== path) this.#select(path)
    return true
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

  /** A way has ended: a TCP connection was closed. */
  lose(path: IcePath): void {
    this.#paths.delete(path)
    if (this.#selected === path) this.close({ code: 'closed_by_peer', message: 'the peer closed the connection' })
  }

  /** Sends packets the chosen way; nowhere while there is none. True: their memory is still needed. */
  send(packets: readonly Buffer[]): boolean {
    return this.#selected?.send(packets) ?? false
  }

  /** From now on, addresses of the peer are called by this. */
  useCaller(caller: Caller): void {
    this.#caller = caller
  }

  /** Calls an address of the peer's, so that its router lets the peer's checks be answered. */
  call(address: string, port: number): void {
    const key = `${address} ${port}`
    if (this.#called.has(key) || this.#called.size >= CANDIDATES_MAX || this.#lifetime.ended) return
    this.#called.add(key)
    let calls = 0
    const callOnce = (): void => {
      if (this.#selected !== undefined || ++calls > CALLS_MAX) {
        calling[Symbol.dispose]()
        return
      }
      const names = { local: this.localName, remote: this.#remoteName }
      this.#caller?.(bindingRequest(names, this.#remotePassword), address, port)
    }
    const calling = this.#lifetime.own(this.#clock.every(millis(CALL_MS), callOnce))
    callOnce()
  }

  #select(path: IcePath): void {
    this.#selected = path
    this.onSelected(path)
  }

  #look(): void {
    if (this.#heardAt !== 0 && this.#clock.now() - this.#heardAt > CONSENT_MS_MAX) this.close(consentExpired)
  }

  close(reason: CloseReason = done): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
