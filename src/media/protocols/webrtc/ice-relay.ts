import { isIP } from 'node:net'
import type { UdpAddress } from '../../net/udp-port.ts'
import { candidatePriority, type IceCandidate } from './ice-candidate.ts'
import type { IceBase, IcePath } from './ice-path.ts'
import type { IceRouter } from './ice-router.ts'
import type { IceSession } from './ice-session.ts'
import { isStun } from './stun-message.ts'
import type { TurnAllocation } from './turn-allocation.ts'

/** What a relay is worth: less than any direct way (RFC 8445 §5.1.2.2). The first one more than the next. */
const LOCAL_PREFERENCE_MAX = 65_535

/** One session's relay, as a base of its checks: ways to its peer that lead through a TURN server. */
export class IceRelay implements IceBase {
  readonly protocol = 'udp'
  readonly family: 4 | 6
  readonly candidate: IceCandidate
  readonly #allocation: TurnAllocation
  readonly #router: IceRouter
  readonly #session: IceSession
  readonly #paths = new Map<string, RelayPath>()

  /** Lives as long as the session and the allocation do; ends with the session. */
  constructor(allocation: TurnAllocation, session: IceSession, router: IceRouter, index: number) {
    const { address, port } = allocation.relayed
    this.#allocation = allocation
    this.#router = router
    this.#session = session
    this.family = isIP(address) === 6 ? 6 : 4
    const priority = candidatePriority('relay', LOCAL_PREFERENCE_MAX - index)
    this.candidate = { type: 'relay', protocol: 'udp', address, port, priority }
    allocation.onData = (bytes, from) => this.#take(bytes, from)
    void session.closed.then(() => allocation.close())
    void allocation.closed.then(() => {
      for (const path of this.#paths.values()) session.lose(path)
      this.#paths.clear()
    })
  }

  pathTo(address: string, port: number): IcePath | undefined {
    return this.#pathTo(address, port)
  }

  #keyOf(address: string, port: number): string {
    return `relay ${this.candidate.address} ${this.candidate.port} ${address} ${port}`
  }

  #pathTo(address: string, port: number): RelayPath | undefined {
    const key = this.#keyOf(address, port)
    const known = this.#paths.get(key)
    if (known !== undefined) return known
    if (isIP(address) !== this.family || !this.#allocation.permit({ address, port })) return undefined
    const made = new RelayPath(this.#allocation, { key, address, port, priority: this.candidate.priority })
    this.#paths.set(key, made)
    return made
  }

  #take(bytes: Buffer, { address, port }: UdpAddress): void {
    const key = this.#keyOf(address, port)
    if (!isStun(bytes)) {
      if (this.#paths.get(key)?.isProven === true) this.#session.receive(bytes)
      return
    }
    if (this.#router.isOther(bytes, key)) return
    const found = this.#router.checkIn(bytes)
    const path = found?.session === this.#session ? this.#pathTo(address, port) : undefined
    if (found === undefined || path === undefined) return
    path.prove()
    this.#session.check(found.request, path)
  }
}

class RelayPath implements IcePath {
  readonly from = 'relay'
  readonly protocol = 'udp'
  readonly key: string
  readonly address: string
  readonly port: number
  readonly priority: number
  isProven = false
  readonly #allocation: TurnAllocation
  isClosed = false

  constructor(
    allocation: TurnAllocation,
    { key, address, port, priority }: Pick<IcePath, 'key' | 'address' | 'port' | 'priority'>,
  ) {
    this.#allocation = allocation
    this.key = key
    this.address = address
    this.port = port
    this.priority = priority
  }

  get pendingBytes(): number {
    return this.#allocation.pendingBytes
  }

  /** Each packet is copied into its channel's frame. */
  send(packets: readonly Buffer[]): boolean {
    if (this.isClosed) return false
    for (const packet of packets) this.#allocation.send(packet, this)
    return false
  }

  prove(): void {
    this.isProven = true
  }

  close(): void {
    this.isClosed = true
  }
}
