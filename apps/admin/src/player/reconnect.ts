/** Doublings of the period while nothing helps: 15 s become two minutes. */
const DOUBLINGS_MAX = 3

/** What is known when the next connection is planned; milliseconds of one clock. */
export interface Outage {
  readonly nowMs: number
  /** When the last connection was begun. */
  readonly connectedMs: number
  /** Connections are begun no more often than this. */
  readonly periodMs: number
  /** Connections in a row, the last one included, that showed no picture. */
  readonly fruitless: number
}

/** Milliseconds until the next connection: at once after one that lasted, later each time while nothing helps. Pure. */
export function reconnectInMs({ nowMs, connectedMs, periodMs, fruitless }: Outage): number {
  const period = periodMs * 2 ** Math.min(Math.max(0, fruitless - 1), DOUBLINGS_MAX)
  return Math.max(0, period - Math.max(0, nowMs - connectedMs))
}

/** When the next connection begins: one timer, and what it needs to remember. */
export class Retry {
  readonly #begin: () => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #connectedMs = 0
  #fruitless = 0

  constructor(begin: () => void) {
    this.#begin = begin
  }

  /** A connection begins now. */
  connecting(): void {
    this.stop()
    this.#connectedMs = performance.now()
  }

  /** It showed a picture: the next outage begins from the start. */
  plays(): void {
    this.#fruitless = 0
  }

  /** It is over, with or without a picture; the next one begins in its time. */
  schedule(periodMs: number, outcome: 'played' | 'fruitless'): void {
    if (outcome === 'fruitless') this.#fruitless++
    const state = { connectedMs: this.#connectedMs, fruitless: this.#fruitless }
    this.in(reconnectInMs({ nowMs: performance.now(), periodMs, ...state }))
  }

  /** The next one begins in so many milliseconds. */
  in(delayMs: number): void {
    this.stop()
    this.#timer = setTimeout(this.#begin, delayMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
