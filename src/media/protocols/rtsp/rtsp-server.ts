import type { Socket } from 'node:net'
import type { Consumer } from '../../core/consumer.ts'
import { TcpServer } from '../../net/tcp-server.ts'
import type { Clock } from '../../runtime/clock.ts'
import { Lifetime } from '../../runtime/lifetime.ts'
import type { Logger } from '../../runtime/logger.ts'
import { Tally } from '../../runtime/tally.ts'
import { millis } from '../../runtime/units.ts'
import type { PublicationPlace } from '../../streams/stream.ts'
import { RtspSession, type SessionOptions } from './rtsp-session.ts'

/** Players at once, unless said otherwise: twice what one core can serve with 4 Mbit/s each. */
const CONNECTIONS_MAX = 1000
/** Milliseconds between two looks for players that have gone without a word. */
const SWEEP_MS = 5000
/** What descriptions call us: Home Assistant and others look for go2rtc's name. */
const SESSION_NAME = 'go2rtc/1.9.14'

/** How to serve. */
export interface RtspServerParts {
  /** `:8554`, `host:port`. */
  readonly listen: string
  /** Basic credentials, not asked of loopback; an empty name asks nobody. */
  readonly username: string
  readonly password: string
  /** What a player gets that does not filter. */
  readonly defaultQuery: string
  /** Bytes of a packet unless a player asks; 0: as the camera made them. */
  readonly packetBytesMax: number
  /** Whether players may have their packets as datagrams. */
  readonly udp: boolean
  readonly clock: Clock
  readonly logger: Logger
  /** Feeds a consumer from the stream of a name. Rejects with a `MediaError`. */
  readonly watch: (name: string, consumer: Consumer) => Promise<void>
  /** Where somebody who publishes at a path belongs; `undefined`: nowhere. */
  readonly placeFor: (path: string) => PublicationPlace | undefined
  /** Players at once. Default 1 000. */
  readonly connectionsMax?: number
  /** `s=` of descriptions. Default: go2rtc's name and version. */
  readonly sessionName?: string
}

/** Serves streams to players by RTSP over TCP (RFC 2326), as go2rtc does. */
export class RtspServer implements Disposable {
  readonly #parts: RtspServerParts
  readonly #sessionOptions: SessionOptions
  readonly #sessions = new Set<RtspSession>()
  readonly #lifetime = new Lifetime()
  #server: TcpServer | undefined

  constructor(parts: RtspServerParts) {
    const { username, password, sessionName = SESSION_NAME, ...shared } = parts
    this.#parts = parts
    const credentials = username === '' ? undefined : { username, password }
    this.#sessionOptions = { ...shared, credentials, sessionName }
  }

  /** Listens, and gives the address: as asked for, with the port that was got. Rejects with a `ListenError`. */
  async listen(): Promise<string> {
    const { listen, clock, logger, connectionsMax = CONNECTIONS_MAX } = this.#parts
    const refused = new Tally(clock, count => logger.warn({ count, connectionsMax }, 'too many connections, refused'))
    this.#server = await TcpServer.listen({
      address: listen,
      connectionsMax,
      onSocket: socket => this.#accept(socket),
      onTooMany: () => refused.add(),
    })
    this.#lifetime.own(refused)
    this.#lifetime.own(this.#server)
    this.#lifetime.own(clock.every(millis(SWEEP_MS), () => this.#sweep()))
    return this.#server.address
  }

  /** The port that was got; 0 before `listen`. */
  get port(): number {
    return this.#server?.port ?? 0
  }

  /** Players connected now. */
  get connectionCount(): number {
    return this.#sessions.size
  }

  /** Stops listening and ends every session. */
  close(): void {
    this.#lifetime.close()
    for (const session of [...this.#sessions]) session.close({ code: 'shutdown', message: 'the server is going down' })
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #accept(socket: Socket): void {
    const session = new RtspSession(socket, this.#sessionOptions)
    this.#sessions.add(session)
    void session.closed.then(() => this.#sessions.delete(session))
  }

  #sweep(): void {
    const now = this.#parts.clock.now()
    for (const session of this.#sessions) session.closeIfSilent(now)
  }
}
