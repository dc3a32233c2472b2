import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Clock } from '../../runtime/clock.ts'
import { describeError } from '../../runtime/errors.ts'
import { IceRouter } from './ice-router.ts'
import type { IceSession } from './ice-session.ts'
import { IceTcp } from './ice-tcp.ts'
import { IceTcpActive } from './ice-tcp-active.ts'
import { IceUdp } from './ice-udp.ts'

/** Tries to find a port that is free on both protocols: the first one nearly always is. */
const TRIES_MAX = 20

/** A protocol over a family of addresses, as `webrtc.filters.networks` names them. */
export type IceNetworkName = 'udp4' | 'udp6' | 'tcp4' | 'tcp6'

/** Where the port is, and by which protocols. */
export interface IcePortOptions {
  /** Name or address; empty: all addresses. */
  readonly host: string
  /** Port of UDP, 0: any free one, a range: a free one of it; `undefined`: no UDP. */
  readonly udp: number | readonly [number, number] | undefined
  /** Port of TCP; 0: the same as UDP's, or any free one. `undefined`: no TCP. */
  readonly tcp: number | undefined
  readonly networks: readonly IceNetworkName[]
  readonly clock: Clock
}

/** Something that could not be bound. */
export interface BindFailure {
  readonly network: string
  readonly port: number
  readonly code: string
  readonly message: string
}

const isTaken = (error: unknown): boolean => describeError(error).code === 'EADDRINUSE'

/**
 * One port for all peers, on UDP and TCP, IPv4 and IPv6. Packets find their session by the address they come from,
 * and an address gets its session by a check that proves to know the session's password, or by the answer to one
 * of the session's own: nothing else that anybody sends reaches a session.
 */
export class IcePort implements Disposable {
  readonly router: IceRouter
  /** What could not be bound, while something else could. */
  readonly failures: BindFailure[] = []
  /** What it is bound to; empty: all addresses. */
  hosts: readonly string[] = []
  readonly #clock: Clock
  readonly #udps: IceUdp[] = []
  readonly #tcps: IceTcp[] = []
  #error: unknown

  private constructor(clock: Clock) {
    this.#clock = clock
    this.router = new IceRouter(clock)
  }

  /** Binds what can be bound. Rejects with what the system says when that is nothing. */
  static async open(options: IcePortOptions): Promise<IcePort> {
    for (let tries = 1; ; tries++) {
      const opened = new IcePort(options.clock)
      await opened.#bind(options)
      // A port that is free on one protocol may be taken on the other; where any will do there is another.
      const isOther = options.udp === 0 && options.tcp === 0 && isTaken(opened.#error) && tries < TRIES_MAX
      if (!isOther && opened.#udps.length + opened.#tcps.length > 0) return opened
      opened[Symbol.dispose]()
      if (!isOther) throw opened.#error ?? new TypeError('webrtc.filters.networks leaves nothing to listen on')
    }
  }

  async #bind({ host, udp, tcp, networks }: IcePortOptions): Promise<void> {
    const hosts = host === '' || isIP(host) !== 0 ? [host] : await this.#addressesOf(host)
    this.hosts = hosts.filter(one => one !== '')
    for (const family of [4, 6] as const) {
      const fits = (one: string): boolean => one === '' || isIP(one) === family
      if (udp === undefined || !networks.includes(`udp${family}`)) continue
      for (const one of hosts.filter(fits)) await this.#bindUdp(family, one, udp)
    }
    if (tcp === undefined) return
    const port = tcp === 0 ? (this.udpPort(4) ?? this.udpPort(6) ?? 0) : tcp
    const [has4, has6] = [networks.includes('tcp4'), networks.includes('tcp6')]
    for (const one of hosts) {
      if (one === '' && has4 && has6) await this.#bindTcp({ port })
      else if (isIP(one) === 4 ? has4 : isIP(one) === 6 && has6) await this.#bindTcp({ host: one, port })
      else if (one === '' && has4) await this.#bindTcp({ host: '0.0.0.0', port })
      else if (one === '' && has6) await this.#bindTcp({ host: '::', ipv6Only: true, port })
    }
  }

  async #bindUdp(family: 4 | 6, host: string, port: number | readonly [number, number]): Promise<void> {
    const first = this.udpPort(4) ?? 0
    const ports = typeof port === 'number' ? planned(port, first) : rangeFrom(port, first)
    let failure: unknown
    for (const one of ports) {
      try {
        this.#udps.push(await IceUdp.bind(family, host, one, this.router))
        return
      } catch (error) {
        failure = error
        if (!isTaken(error)) break
      }
    }
    this.#failed(`udp${family}`, ports[0] ?? 0, failure)
  }

  async #bindTcp(where: { readonly host?: string; readonly ipv6Only?: boolean; readonly port: number }): Promise<void> {
    try {
      this.#tcps.push(await IceTcp.bind(where, this.router, this.#clock))
    } catch (error) {
      this.#failed('tcp', where.port, error)
    }
  }

  async #addressesOf(host: string): Promise<readonly string[]> {
    try {
      return (await lookup(host, { all: true })).map(({ address }) => address)
    } catch (error) {
      this.#error = error
      return []
    }
  }

  #failed(network: string, port: number, error: unknown): void {
    this.#error = isTaken(this.#error) ? this.#error : error
    this.failures.push({ network, port, ...describeError(error) })
  }

  /** The bound ports. */
  udpPort(family: 4 | 6): number | undefined {
    return this.#udps.find(udp => udp.family === family)?.port
  }

  get tcpPort(): number | undefined {
    return this.#tcps[0]?.port
  }

  get strayCount(): number {
    return this.router.strayCount
  }

  /** Sessions and addresses that are known: empty when nobody watches. */
  get counts(): { readonly sessions: number; readonly addresses: number; readonly connections: number } {
    return {
      sessions: this.router.sessionCount,
      addresses: this.#udps.reduce((sum, { addressCount }) => sum + addressCount, 0),
      connections: this.#tcps.reduce((sum, { connectionCount }) => sum + connectionCount, 0),
    }
  }

  /** From now on until its end, a session's peer finds it here, and is checked from here. */
  add(session: IceSession): void {
    this.router.add(session)
    session.join(this.router)
    for (const udp of this.#udps) session.addBase(udp.baseOf(session))
    if (!session.connects) return
    for (const family of [4, 6] as const) session.addBase(new IceTcpActive(family, session, this.router))
  }

  /** The socket that datagrams to addresses of a family leave by. */
  udpOf(family: 4 | 6): IceUdp | undefined {
    return this.#udps.find(udp => udp.family === family)
  }

  [Symbol.dispose](): void {
    this.router[Symbol.dispose]()
    for (const one of [...this.#udps, ...this.#tcps]) one[Symbol.dispose]()
  }
}

/** Any port: the one of the other family, if it is free. */
const planned = (port: number, first: number): readonly number[] =>
  port !== 0 ? [port] : first === 0 ? [0] : [first, 0]

/** All ports of a range, the one of the other family first. */
const rangeFrom = ([low, high]: readonly [number, number], first: number): readonly number[] => {
  const all = Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => low + index)
  return first === 0 ? all : [first, ...all.filter(port => port !== first)]
}
