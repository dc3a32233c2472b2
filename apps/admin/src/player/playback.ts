import { AttemptList } from './attempts.ts'
import { gravest, noWay, type PlaybackProblem } from './playback-problem.ts'
import type { PlayerStatus } from './player-status.ts'
import type { WaySession } from './way-session.ts'
import { type Way, wayName } from './ways.ts'

/**
 * What is known of one connection: the ways that are under way, what they said, and which one plays. It decides
 * nothing about sockets and video elements; whoever does asks it what is so.
 */
export class Playback {
  readonly #changed: () => void
  readonly #sessions = new Map<Way, WaySession>()
  readonly #codecs = new Map<Way, string>()
  readonly #problems: PlaybackProblem[] = []
  readonly attempts: AttemptList
  #status: PlayerStatus = { state: 'idle' }
  #startedMs = 0
  #firstFrameMs: number | undefined

  constructor(changed: () => void) {
    this.#changed = changed
    this.attempts = new AttemptList(changed)
  }

  get status(): PlayerStatus {
    return this.#status
  }

  /** Milliseconds from the beginning of the connection to the first picture. */
  get firstFrameMs(): number | undefined {
    return this.#firstFrameMs
  }

  /** What the ways that failed said, the gravest of it. */
  get problem(): PlaybackProblem {
    return gravest(this.#problems) ?? noWay
  }

  /** The way whose pictures are on screen, whether or not another may still replace it. */
  get showing(): { readonly way: Way; readonly session: WaySession; readonly codecs: string } | undefined {
    if (this.#status.state !== 'playing') return undefined
    const { way } = this.#status
    const session = this.#sessions.get(way)
    return session && { way, session, codecs: this.#codecs.get(way) ?? '' }
  }

  /** A connection begins. */
  begin(): void {
    this.end()
    this.#problems.length = 0
    this.#startedMs = performance.now()
    this.#firstFrameMs = undefined
    this.#status = { state: 'connecting' }
    this.attempts.clear()
  }

  /** A way begins. */
  start(way: Way, session: WaySession): void {
    this.#sessions.get(way)?.close()
    this.#sessions.set(way, session)
    this.attempts.set(way, 'trying')
  }

  session(way: Way): WaySession | undefined {
    return this.#sessions.get(way)
  }

  /** The server agreed to a way. */
  agreed(way: Way, codecs: string): void {
    this.#codecs.set(way, codecs)
    if (this.#status.state === 'connecting') this.become({ state: 'waiting' })
  }

  /** A way's pictures are on screen. */
  shows(way: Way): void {
    this.#firstFrameMs ??= performance.now() - this.#startedMs
    this.become({ state: 'playing', way })
  }

  /** A way that did not come to pictures. */
  failed(way: Way, problem: PlaybackProblem, reason: string): void {
    this.#close(way)
    this.#problems.push(problem)
    this.attempts.set(way, 'failed', reason)
  }

  /** A way that works, and is not needed. */
  putAside(way: Way, reason: string): void {
    this.#close(way)
    this.attempts.set(way, 'lost', reason)
  }

  /** A way has won: all others under way are put aside. */
  won(way: Way, reason: string): void {
    for (const other of [...this.#sessions.keys()]) {
      if (other !== way) this.putAside(other, reason === '' ? `${wayName(way)} plays` : reason)
    }
    this.attempts.set(way, 'won')
  }

  /** Everything under way is let go; what was tried stays to be read. */
  end(): void {
    for (const session of this.#sessions.values()) session.close()
    this.#sessions.clear()
    this.#codecs.clear()
  }

  become(status: PlayerStatus): void {
    this.#status = status
    this.#changed()
  }

  #close(way: Way): void {
    this.#sessions.get(way)?.close()
    this.#sessions.delete(way)
  }
}
