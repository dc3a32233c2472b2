import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Clock } from '../../runtime/clock.ts'
import { MediaError, TimedOutError } from '../../runtime/errors.ts'
import { millis } from '../../runtime/units.ts'
import type { IcePort } from './ice-port.ts'
import type { StunServer } from './ice-servers.ts'
import { pathKey } from './ice-udp.ts'
import { addressAnswer, addressQuestion } from './stun-message.ts'

/** Milliseconds that one server may take, and between the times it is asked in them (go2rtc's 3 s). */
const ANSWER_MS_MAX = 3000
const ANSWER_WAITS = [250, 500, 750, 1500]
/** Milliseconds that an answer, and the lack of one, count (go2rtc's 5 min). */
const KEPT_MS = 5 * 60_000
/** Servers that are remembered: those of the configuration, and some that viewers brought. */
const SERVERS_MAX = 64

/** The port's UDP as a server sees it. */
export interface PublicAddress {
  readonly address: string
  readonly port: number
}

/** What asking one server came to. */
export interface StunOutcome {
  readonly url: string
  readonly found?: PublicAddress
  readonly error?: string
}

/** A STUN server cannot be asked. */
export class StunServerError extends MediaError {
  readonly code = 'stun_server'
}

interface Known {
  last: StunOutcome | undefined
  /** When it was asked last; `undefined` while the first answer is out. */
  askedAt: number
  asking: Promise<StunOutcome> | undefined
}

/**
 * Our address as STUN servers see it (RFC 8489), asked from the port's own socket, so that what reaches it from
 * outside is told. An answer counts for five minutes, then it is asked anew beside its use; the last good one is
 * kept when a server fails later. Never rejects.
 */
export class PublicAddresses {
  readonly #port: IcePort
  readonly #clock: Clock
  readonly #told: (outcome: StunOutcome) => void
  readonly #known = new Map<string, Known>()

  constructor(port: IcePort, clock: Clock, told: (outcome: StunOutcome) => void) {
    this.#port = port
    this.#clock = clock
    this.#told = told
  }

  /** Asks the servers in their order until one knows it: at once where it is known, else in 3 s each. */
  async find(servers: readonly StunServer[]): Promise<readonly StunOutcome[]> {
    const outcomes: StunOutcome[] = []
    for (const server of servers) {
      const outcome = await this.#ask(server)
      outcomes.push(outcome)
      if (outcome.found !== undefined) break
    }
    return outcomes
  }

  #ask(server: StunServer): Promise<StunOutcome> | StunOutcome {
    const known = this.#known.get(server.url) ?? { last: undefined, askedAt: 0, asking: undefined }
    this.#known.delete(server.url)
    this.#known.set(server.url, known)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= SERVERS_MAX) break
      this.#known.delete(oldest)
    }
    if (known.last === undefined || this.#clock.now() - known.askedAt > KEPT_MS) {
      known.asking ??= this.#query(server).then(outcome => {
        known.asking = undefined
        known.askedAt = this.#clock.now()
        if (outcome.found !== undefined || known.last?.found === undefined) known.last = outcome
        this.#told(outcome)
        return known.last
      })
    }
    return known.last ?? known.asking ?? { url: server.url }
  }

  async #query(server: StunServer): Promise<StunOutcome> {
    const { url } = server
    try {
      return { url, found: await inTime(this.#clock, server, this.#answerOf(server)) }
    } catch (error) {
      return { url, error: error instanceof Error ? error.message : String(error) }
    }
  }

  async #answerOf({ url, host, port }: StunServer): Promise<PublicAddress> {
    const udp = this.#port.udpOf(4) ?? this.#port.udpOf(6)
    if (udp === undefined) throw new StunServerError('there is no UDP port to ask from')
    const address = isIP(host) === udp.family ? host : (await lookup(host, { family: udp.family })).address
    const answer = Promise.withResolvers<PublicAddress>()
    const asked = this.#port.router.transactions.ask({
      bytes: addressQuestion(),
      waits: ANSWER_WAITS,
      send: bytes => udp.send(bytes, address, port, error => answer.reject(error)),
      answered: (bytes, from) => {
        const found = from === pathKey('udp', address, port) ? addressAnswer(bytes) : undefined
        if (found !== undefined) answer.resolve(found)
        return found !== undefined
      },
      unanswered: () => answer.reject(new TimedOutError(url, ANSWER_MS_MAX)),
    })
    try {
      return await answer.promise
    } finally {
      asked[Symbol.dispose]()
    }
  }
}

/** A name may take the resolver longer than we wait. */
const inTime = async (clock: Clock, { url }: StunServer, work: Promise<PublicAddress>): Promise<PublicAddress> => {
  const late = Promise.withResolvers<never>()
  const timer = clock.after(millis(ANSWER_MS_MAX), () => late.reject(new TimedOutError(url, ANSWER_MS_MAX)))
  try {
    return await Promise.race([work, late.promise])
  } finally {
    timer[Symbol.dispose]()
    work.catch(() => {})
  }
}
