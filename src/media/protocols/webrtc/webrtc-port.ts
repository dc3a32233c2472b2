import { networkInterfaces } from 'node:os'
import { isLoopback } from '../../net/socket-address.ts'
import type { Clock } from '../../runtime/clock.ts'
import { LimitError } from '../../runtime/errors.ts'
import { IcePort } from './ice-port.ts'
import type { IceSession } from './ice-session.ts'

/** Priorities of our ways, best first: UDP before TCP, configured ones behind those of this machine (RFC 8445 §5.1.2). */
const UDP_PRIORITY = 2_130_706_431
const TCP_PRIORITY = 1_671_430_143

/** Browsers that may be on their way at once: each costs a handshake, and most of thousands would be nobody. */
const HANDSHAKES_MAX = 200
/** Browsers at once: more than one process can feed. */
const SESSIONS_MAX = 2000

/** Where the port is, as `webrtc:` of the configuration says. */
export interface WebRtcPortOptions {
  /** `host:port`, `:port`, either with `/tcp` or `/udp`. */
  readonly listen: string
  /** `host:port` that browsers may find us at as well. */
  readonly candidates: readonly string[]
  readonly clock: Clock
}

/** The one port of WebRTC, with the ways in which browsers can reach it. */
export class WebRtcPort implements Disposable {
  readonly #port: IcePort
  readonly #host: string
  readonly #configured: readonly string[]
  #handshakes = 0

  private constructor(port: IcePort, host: string, configured: readonly string[]) {
    this.#port = port
    this.#host = host
    this.#configured = configured
  }

  /** Binds it. Rejects with what the system says. */
  static async open({ listen, candidates, clock }: WebRtcPortOptions): Promise<WebRtcPort> {
    const [, host = '', port = '', protocol] = /^(.*):(\d{1,5})(?:\/(tcp|udp))?$/.exec(listen) ?? []
    if (port === '') throw new TypeError(`webrtc.listen ${listen}: host:port, with /tcp or /udp behind it or not`)
    const protocols = protocol === undefined ? (['udp', 'tcp'] as const) : ([protocol as 'udp' | 'tcp'] as const)
    const plain = host.replace(/^\[(.*)\]$/, '$1')
    return new WebRtcPort(await IcePort.open({ host: plain, port: Number(port), protocols, clock }), plain, candidates)
  }

  /** `host:port`, as it is bound. */
  get address(): string {
    return `${this.#host}:${this.#port.port}`
  }

  /** Sessions, addresses and connections that are known. */
  get counts(): IcePort['counts'] {
    return this.#port.counts
  }

  [Symbol.dispose](): void {
    this.#port[Symbol.dispose]()
  }

  /** Takes one more session, which is on its way until what is given back is disposed. Throws a `LimitError`. */
  add(session: IceSession): Disposable {
    if (this.#handshakes >= HANDSHAKES_MAX) throw new LimitError('browsers that connect at once', HANDSHAKES_MAX)
    if (this.#port.counts.sessions >= SESSIONS_MAX) throw new LimitError('browsers at once', SESSIONS_MAX)
    this.#port.add(session)
    this.#handshakes++
    let arrived = false
    return {
      [Symbol.dispose]: () => {
        if (!arrived) this.#handshakes--
        arrived = true
      },
    }
  }

  /** The ways to reach it, without `candidate:` (RFC 8839 §5.1). */
  get candidates(): readonly string[] {
    const { port, protocols } = this.#port
    const own = this.#hosts().map(host => [host, port] as const)
    const configured = this.#configured.flatMap(text => {
      const [, host = '', number = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? []
      return number === '' ? [] : [[host, Number(number)] as const]
    })
    return [...own, ...configured].flatMap(([host, number], index) =>
      protocols.map(protocol => candidateLine(protocol, host, number, index)),
    )
  }

  /** This machine's addresses; its loopback only where there is nothing else, or where it is bound to that. */
  #hosts(): readonly string[] {
    if (this.#host !== '' && this.#host !== '0.0.0.0') return [this.#host]
    const addresses = Object.values(networkInterfaces())
      .flatMap(all => all ?? [])
      .filter(({ family }) => family === 'IPv4')
      .map(({ address }) => address)
    const beyond = addresses.filter(address => !isLoopback(address))
    return beyond.length > 0 ? beyond : addresses
  }
}

const candidateLine = (protocol: 'udp' | 'tcp', host: string, port: number, index: number): string => {
  const priority = (protocol === 'udp' ? UDP_PRIORITY : TCP_PRIORITY) - index
  const passive = protocol === 'tcp' ? ' tcptype passive' : ''
  return `${index + 1}${protocol === 'udp' ? 0 : 1} 1 ${protocol} ${priority} ${host} ${port} typ host${passive}`
}
