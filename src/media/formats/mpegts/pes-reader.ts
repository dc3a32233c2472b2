import { type Ticks, ticks } from '../../runtime/units.ts'
import type { TransportPacket } from './packet-reader.ts'

/** Start code, stream_id and length; then two bytes of flags and the length of what is optional (ISO/IEC 13818-1 §2.4.3.6). */
const FIXED_BYTES = 6
const HEAD_BYTES = 9

/** The times of what begins in a PES packet, at 90 kHz, 33 bits wide. */
export interface PesTimes {
  readonly presentation: number
  readonly decoding: number
}

/** Takes the content of an elementary stream. */
export interface ElementarySink {
  /** A PES packet begins. Without times it goes on with what was before. */
  begin(times: PesTimes | undefined): void
  /** Its next bytes, as a view. */
  data(bytes: Buffer): void
  /** The PES packet is whole: it had said how long it is. */
  complete(): void
  /** Packets are missing here. */
  lost(): void
  /** The stream ends here. */
  end(): void
}

/** Reads the PES packets of one PID. Transport packets that are missing, or come twice, are noticed by their counter. */
export class PesReader {
  readonly #sink: ElementarySink
  #continuity = -1
  #last: Buffer | undefined
  #begun = false
  /** Bytes of the PES packet that are still to come; `undefined` when it does not say. */
  #left: number | undefined

  constructor(sink: ElementarySink) {
    this.#sink = sink
  }

  push({ continuity, discontinuity, begins, payload }: TransportPacket): void {
    // A packet may be sent twice (§2.4.3.3).
    if (continuity === this.#continuity && this.#last?.equals(payload)) return
    this.#last = payload
    const expected = (this.#continuity + 1) & 0x0f
    if (this.#continuity >= 0 && continuity !== expected && !discontinuity) this.#sink.lost()
    this.#continuity = continuity
    if (begins) this.#begin(payload)
    else if (this.#begun) this.#data(payload)
  }

  end(): void {
    this.#sink.end()
  }

  #begin(payload: Buffer): void {
    const start = HEAD_BYTES + (payload[8] ?? 0)
    this.#begun = payload.length >= start && payload.readUIntBE(0, 3) === 1 && (payload[6]! & 0xc0) === 0x80
    if (!this.#begun) {
      this.#sink.lost()
      return
    }
    const length = payload.readUInt16BE(4)
    this.#left = length === 0 ? undefined : Math.max(0, length + FIXED_BYTES - start)
    this.#sink.begin(readTimes(payload, start))
    this.#data(payload.subarray(start))
  }

  #data(payload: Buffer): void {
    if (this.#left === undefined) {
      if (payload.length > 0) this.#sink.data(payload)
      return
    }
    const bytes = payload.subarray(0, this.#left)
    this.#left -= bytes.length
    if (bytes.length > 0) this.#sink.data(bytes)
    if (this.#left > 0) return
    this.#begun = false
    this.#sink.complete()
  }
}

const readTimes = (payload: Buffer, start: number): PesTimes | undefined => {
  const flags = payload[7]!
  if ((flags & 0x80) === 0 || payload.length < 14 || start < 14) return undefined
  const presentation = readTime(payload, 9)
  const both = (flags & 0x40) !== 0 && payload.length >= 19 && start >= 19
  return { presentation, decoding: both ? readTime(payload, 14) : presentation }
}

/** 33 bits in five bytes, with markers in between. */
const readTime = (bytes: Buffer, at: number): number =>
  ((bytes[at]! >> 1) & 0x07) * 2 ** 30 + (bytes.readUInt16BE(at + 1) >> 1) * 2 ** 15 + (bytes.readUInt16BE(at + 3) >> 1)

/** Turns times of 33 bits, which start over each day, into ones that do not. One for all streams of a program. */
export class TimeUnwrapper {
  #reference: number | undefined

  /** The time nearest to the one before. */
  unwrap(time: number): Ticks {
    const reference = this.#reference ?? time
    const ahead = (((time - reference) % WRAP) + WRAP) % WRAP
    this.#reference = reference + (ahead < WRAP / 2 ? ahead : ahead - WRAP)
    return ticks(this.#reference)
  }
}

const WRAP = 2 ** 33
