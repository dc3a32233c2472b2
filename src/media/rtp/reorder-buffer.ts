import type { Clock } from '../runtime/clock.ts'
import { type Millis, millis } from '../runtime/units.ts'
import type { RtpPacket } from './rtp-packet.ts'
import { sequenceAfter, sequenceDistance } from './sequence-number.ts'

/** Packets that may wait for one that is missing: half a second at 8 Mbit/s. A power of two. */
const WAITING_PACKETS_MAX = 512
/** Milliseconds they may: networks that reorder do so by a few. */
const WAITING_MS_MAX = millis(100)
/** Packets that may be missing before the sender counts as started over: RFC 3550 §A.1. */
const DROPOUT_PACKETS_MAX = 3000

/** How a reorder buffer is made. */
export interface ReorderBufferOptions {
  readonly clock: Clock
  /** Gets each packet once, in sequence; what did not come in time is a gap. */
  readonly deliver: (packet: RtpPacket) => void
  /** Milliseconds to wait for a packet that is missing. Default 100. */
  readonly waitMsMax?: Millis
}

/**
 * Puts one sender's packets back into their sequence, for transports that do not keep it. A packet
 * in its place goes on at once; others wait for those before them, within bounds of number and
 * time. Duplicates, and packets that come after they were given up, are dropped.
 */
export class ReorderBuffer implements Disposable {
  readonly #options: ReorderBufferOptions
  readonly #waiting: (RtpPacket | undefined)[] = new Array(WAITING_PACKETS_MAX).fill(undefined)
  #waitingCount = 0
  #ssrc = -1
  #next = 0
  /** Two of these in a row, and the sender has started over. */
  #straySequence = -1
  #timer: Disposable | undefined
  #ended = false
  /** Packets that came twice, or too late. */
  droppedCount = 0

  constructor(options: ReorderBufferOptions) {
    this.#options = options
  }

  /** Takes a packet as it came; it must stay valid. */
  push(packet: RtpPacket): void {
    if (this.#ended) return
    const sequence = packet.sequenceNumber
    if (packet.ssrc !== this.#ssrc) this.#restart(packet)
    const ahead = sequenceDistance(this.#next, sequence)
    if (ahead === 0) this.#pass(packet)
    else if (ahead < -WAITING_PACKETS_MAX || ahead > DROPOUT_PACKETS_MAX) this.#stray(packet)
    else if (ahead < 0) this.droppedCount++
    else this.#hold(packet, sequence)
  }

  #pass(packet: RtpPacket): void {
    this.#next = sequenceAfter(packet.sequenceNumber)
    this.#options.deliver(packet)
    if (this.#waitingCount > 0) this.#passWaiting()
  }

  /** Those that waited for what has just gone on. */
  #passWaiting(): void {
    for (let packet = this.#take(); packet !== undefined; packet = this.#take()) {
      this.#next = sequenceAfter(this.#next)
      this.#options.deliver(packet)
    }
    this.#stopWaiting()
    // Another gap behind it: its time begins now, at most.
    if (this.#waitingCount > 0) this.#wait()
  }

  #hold(packet: RtpPacket, sequence: number): void {
    // Too far for the room there is: what is missing is given up, from the oldest on.
    while (sequenceDistance(this.#next, sequence) >= WAITING_PACKETS_MAX) {
      if (this.#waitingCount === 0) this.#next = sequence
      else this.#giveUpGap()
    }
    if (sequence === this.#next) {
      this.#pass(packet)
      return
    }
    const place = sequence % WAITING_PACKETS_MAX
    if (this.#waiting[place] !== undefined) {
      this.droppedCount++
      return
    }
    this.#waiting[place] = packet
    this.#waitingCount++
    this.#wait()
  }

  #wait(): void {
    this.#timer ??= this.#options.clock.after(this.#options.waitMsMax ?? WAITING_MS_MAX, () => this.#giveUpGap())
  }

  /** Goes on with the first packet that waits, without those before it. */
  #giveUpGap(): void {
    if (this.#waitingCount === 0) return
    while (this.#waiting[this.#next % WAITING_PACKETS_MAX] === undefined) this.#next = sequenceAfter(this.#next)
    this.#passWaiting()
  }

  #take(): RtpPacket | undefined {
    const place = this.#next % WAITING_PACKETS_MAX
    const packet = this.#waiting[place]
    if (packet === undefined) return undefined
    this.#waiting[place] = undefined
    this.#waitingCount--
    return packet
  }

  #stray(packet: RtpPacket): void {
    if (packet.sequenceNumber !== this.#straySequence) {
      this.#straySequence = sequenceAfter(packet.sequenceNumber)
      this.droppedCount++
      return
    }
    this.#restart(packet)
    this.#pass(packet)
  }

  #restart(packet: RtpPacket): void {
    while (this.#waitingCount > 0) this.#giveUpGap()
    this.#ssrc = packet.ssrc
    this.#next = packet.sequenceNumber
    this.#straySequence = -1
  }

  #stopWaiting(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  /** Ends it; what waits is let go. */
  [Symbol.dispose](): void {
    this.#ended = true
    this.#stopWaiting()
    this.#waiting.fill(undefined)
    this.#waitingCount = 0
  }
}
