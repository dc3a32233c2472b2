import { networkInterfaces } from 'node:os'
import { isLoopback } from '../../net/socket-address.ts'
import type { Clock } from '../../runtime/clock.ts'
import { ClosedError, describeError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { millis } from '../../runtime/units.ts'
import { HandshakeLimits } from './handshake-limits.ts'
import { candidatePriority } from './ice-candidate.ts'
import { type IceNetworkName, IcePort } from './ice-port.ts'
import { IceRelay } from './ice-relay.ts'
import { type IceServer, parseIceServers, type StunServer, type TurnServer } from './ice-servers.ts'
import type { IceSession } from './ice-session.ts'
import { type ListenAddress, parseListenAddress } from './listen-address.ts'
import {
  type CandidateFilters,
  configuredCandidates,
  hostAddresses,
  hostCandidates,
  type LocalFacts,
} from './local-candidates.ts'
import { PublicAddresses, type StunOutcome } from './public-addresses.ts'
import { TurnAllocation } from './turn-allocation.ts'

/** Milliseconds that an answer waits for servers; what they say later is told to who is told one by one. */
const GATHERING_MS_MAX = 3000
/** Relays that one peer may have, and all of them: each is a socket, and an allocation somebody pays for. */
const RELAYS_PER_SESSION_MAX = 3
const RELAYS_MAX = 500
/** Local preference of the address that a server sees. */
const SRFLX_PREFERENCE = 65_535
/** What the system says where it has no IPv6 at all, as in many containers. */
const NO_SUCH_FAMILY: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])
const NETWORKS: readonly IceNetworkName[] = ['udp4', 'udp6', 'tcp4', 'tcp6']

/** Where the port is, as `webrtc:` of the configuration says. */
export interface WebRtcPortOptions {
  /** As `parseListenAddress` reads it. */
  readonly listen: string
  /** `host:port` and `stun:port` that browsers may find us at as well. */
  readonly candidates: readonly string[]
  /** Servers of peers that bring none of their own. */
  readonly iceServers: readonly IceServer[]
  readonly filters: CandidateFilters
  readonly clock: Clock
  readonly logger: Logger
}

/** What a session is added with. */
export interface AdmissionOptions {
  /** Who brought the offer, `address:port`; empty where nobody did: a source of ours. */
  readonly remoteAddress: string
  /** Used in place of the configured ones; an empty list: none is asked. */
  readonly iceServers?: readonly IceServer[]
}

/** The one port of WebRTC, with the ways in which peers can reach it. */
export class WebRtcPort implements Disposable {
  readonly #options: WebRtcPortOptions
  readonly #listen: ListenAddress
  readonly #port: IcePort
  readonly #public: PublicAddresses
  readonly #limits = new HandshakeLimits()
  #relays = 0

  private constructor(options: WebRtcPortOptions, listen: ListenAddress, port: IcePort) {
    this.#options = options
    this.#listen = listen
    this.#port = port
    this.#public = new PublicAddresses(port, options.clock, outcome => this.#tell(outcome))
  }

  /**
   * Binds what can be bound of UDP and TCP, IPv4 and IPv6; what cannot is told to the log. Rejects with what the
   * system says when that is everything, and with a `ListenAddressError`.
   */
  static async open(options: WebRtcPortOptions): Promise<WebRtcPort> {
    const { clock, filters, logger } = options
    const listen = parseListenAddress(options.listen)
    const { host, port, protocols, isUdpElsewhere } = listen
    const opened = await IcePort.open({
      ...{ host, clock, networks: filters.networks ?? NETWORKS },
      udp: isUdpElsewhere ? (filters.udpPorts ?? 0) : protocols.includes('udp') ? port : undefined,
      tcp: protocols.includes('tcp') ? port : undefined,
    })
    for (const { network, port, code, message } of opened.failures)
      logger[NO_SUCH_FAMILY.has(code) ? 'debug' : 'warn']({ network, port }, `not listening: ${message}`)
    return new WebRtcPort(options, listen, opened)
  }

  /** `host:port`, as it is bound: of what `listen` names. */
  get address(): string {
    const { host } = this.#listen
    const port = this.#port.tcpPort ?? this.#port.udpPort(4) ?? this.#port.udpPort(6) ?? 0
    return `${host.includes(':') ? `[${host}]` : host}:${port}`
  }

  /** Sessions, addresses and connections that are known. */
  get counts(): IcePort['counts'] {
    return this.#port.counts
  }

  [Symbol.dispose](): void {
    this.#port[Symbol.dispose]()
  }

  /**
   * Takes one more session, which is on its way until what is given back is disposed, and tells it our candidates:
   * what is known at once, what servers say as it comes. Throws a `LimitError`.
   */
  add(session: IceSession, { remoteAddress, iceServers }: AdmissionOptions): Disposable {
    const admission = this.#limits.admit(remoteAddress, session.closed)
    this.#port.add(session)
    const servers = parseIceServers(iceServers ?? this.#options.iceServers).filter(server => this.#isOfUse(server))
    void this.#gather(session, servers)
    return admission
  }

  /** Who is bound to this machine alone is not seen by servers elsewhere. */
  #isOfUse({ host }: StunServer | TurnServer): boolean {
    const { hosts } = this.#port
    return hosts.length === 0 || !hosts.every(isLoopback) || isLoopback(host)
  }

  get #facts(): LocalFacts {
    const interfaces = Object.entries(networkInterfaces()).flatMap(([interfaceName, all]) =>
      (all ?? []).map(({ address }) => ({ interfaceName, address })),
    )
    const [udp4, udp6, tcp] = [this.#port.udpPort(4), this.#port.udpPort(6), this.#port.tcpPort]
    return {
      ...{ interfaces, hosts: this.#port.hosts, filters: this.#options.filters },
      ...(udp4 !== undefined && { udp4 }),
      ...(udp6 !== undefined && { udp6 }),
      ...(tcp !== undefined && { tcp }),
    }
  }

  async #gather(session: IceSession, servers: readonly (StunServer | TurnServer)[]): Promise<void> {
    const late = this.#options.clock.after(millis(GATHERING_MS_MAX), () => session.endGathering())
    void session.closed.then(() => late[Symbol.dispose]())
    const facts = this.#facts
    const { candidates } = this.#options
    const { protocols } = this.#listen
    for (const one of configuredCandidates(candidates, protocols, undefined)) session.addLocal(one)
    for (const one of hostCandidates(facts)) session.addLocal(one)
    const stun = servers.filter(server => server.kind === 'stun')
    const turn = servers.filter(server => server.kind === 'turn').slice(0, RELAYS_PER_SESSION_MAX)
    await Promise.all([
      this.#findPublic(session, stun, facts),
      ...turn.map((server, index) => this.#relay(session, server, index)),
    ])
    late[Symbol.dispose]()
    session.endGathering()
  }

  async #findPublic(session: IceSession, servers: readonly StunServer[], facts: LocalFacts): Promise<void> {
    const outcomes = servers.length === 0 ? [] : await this.#public.find(servers)
    for (const { url, found, error } of outcomes)
      session.noteServer(url, {
        ...(found !== undefined && { address: `${found.address}:${found.port}` }),
        ...(error !== undefined && { error }),
      })
    const found = outcomes.find(outcome => outcome.found !== undefined)?.found
    if (found === undefined) return
    const { candidates } = this.#options
    for (const one of configuredCandidates(candidates, this.#listen.protocols, found.address)) session.addLocal(one)
    // Where nothing is in between, a server sees what we have told already.
    if (hostAddresses(facts).includes(found.address)) return
    const priority = candidatePriority('srflx', SRFLX_PREFERENCE)
    session.addLocal({ type: 'srflx', protocol: 'udp', ...found, priority })
  }

  async #relay(session: IceSession, server: TurnServer, index: number): Promise<void> {
    if (this.#relays >= RELAYS_MAX) session.noteServer(server.url, { error: `more than ${RELAYS_MAX} relays` })
    if (this.#relays >= RELAYS_MAX || session.ended) return
    const { clock, logger } = this.#options
    const ending = new AbortController()
    void session.closed.then(() => ending.abort())
    this.#relays++
    try {
      const allocation = await TurnAllocation.open({ server, clock, signal: ending.signal })
      void allocation.closed.then(() => this.#relays--)
      const { address, port } = allocation.relayed
      session.noteServer(server.url, { address: `${address}:${port}` })
      const relay = new IceRelay(allocation, session, this.#port.router, index)
      session.addBase(relay)
      session.addLocal(relay.candidate)
    } catch (error) {
      this.#relays--
      if (error instanceof ClosedError) return
      const { message } = describeError(error)
      session.noteServer(server.url, { error: message })
      logger.warn({ url: server.url }, `no relay: ${message}`)
    }
  }

  #tell({ url, found, error }: StunOutcome): void {
    const { logger } = this.#options
    if (found !== undefined) logger.debug({ url, address: `${found.address}:${found.port}` }, 'public address found')
    else logger.warn({ url }, `no public address: ${error ?? 'no answer'}`)
  }
}
