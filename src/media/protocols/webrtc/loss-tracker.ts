import { sequenceAfter, sequenceDistance } from '../../rtp/sequence-number.ts'

/** Packets that may be missing at once: who misses more needs a keyframe, not packets. */
const MISSING_MAX = 256
/** Milliseconds before a packet is asked for: networks that reorder do so by less. */
const PATIENCE_MS = 10
/** Milliseconds between two times it is asked for: longer than most ways there and back. */
const AGAIN_MS = 100
/** Milliseconds after which it is not waited for any longer. */
export const LOSS_MS_MAX = 500

interface Missing {
  readonly since: number
  askedAt: number
}

/** Which packets of one RTP stream did not come, and when to ask for them (RFC 4585 §6.2.1). Times are in milliseconds. */
export class LossTracker {
  readonly #missing = new Map<number, Missing>()
  #highest: number | undefined

  /** Whether anything is missing that is still waited for. */
  get complete(): boolean {
    return this.#missing.size === 0
  }

  /** A packet came, for the first time or again. False: so many before it did not that asking for them makes no sense. */
  take(sequenceNumber: number, now: number): boolean {
    if (this.#highest === undefined) {
      this.#highest = sequenceNumber
      return true
    }
    const ahead = sequenceDistance(this.#highest, sequenceNumber)
    if (ahead <= 0) {
      this.#missing.delete(sequenceNumber)
      return true
    }
    let missing = sequenceAfter(this.#highest)
    this.#highest = sequenceNumber
    if (ahead - 1 + this.#missing.size > MISSING_MAX) {
      this.#missing.clear()
      return false
    }
    for (; missing !== sequenceNumber; missing = sequenceAfter(missing))
      this.#missing.set(missing, { since: now, askedAt: Number.NEGATIVE_INFINITY })
    return true
  }

  /** The packets to ask for now, oldest first, and how many are given up with this. */
  due(now: number): { readonly ask: readonly number[]; readonly lostCount: number } {
    const ask: number[] = []
    let lostCount = 0
    for (const [sequenceNumber, one] of this.#missing) {
      if (now - one.since >= LOSS_MS_MAX) {
        this.#missing.delete(sequenceNumber)
        lostCount++
      } else if (now - one.since >= PATIENCE_MS && now - one.askedAt >= AGAIN_MS) {
        one.askedAt = now
        ask.push(sequenceNumber)
      }
    }
    return { ask, lostCount }
  }

  /** The stream began anew: what was missing of it is not. */
  restart(): void {
    this.#missing.clear()
    this.#highest = undefined
  }
}
