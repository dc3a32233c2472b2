import type { AccessUnit } from '../../core/access-unit.ts'
import { MalformedError } from '../../runtime/errors.ts'
import type { Packetizer } from '../codec-spec.ts'
import { formatAggregationHeader } from './aggregation.ts'
import { formatLeb128 } from './leb128.ts'
import { bareHeader, isSuperfluous, type Obu, obuType, splitObus } from './obu.ts'

/** The aggregation header. */
const HEADER_BYTES = 1
/** The length before an element: two bytes say up to 16 KiB, more than any packet. */
const LENGTH_BYTES_MAX = 2
/** Less than this of a unit is not worth a piece. */
const PIECE_BYTES_MIN = 8

/** Temporal units to RTP payloads of AV1. Keyframes bring their sequence header; what is broken is left out. */
export const av1Packetizer = (payloadBytesMax: number): Packetizer => ({
  packetize(unit: AccessUnit) {
    const obus = obusOf(unit)
    if (obus.length === 0) return []
    const writer = new PayloadWriter(payloadBytesMax, unit.keyframe)
    for (const obu of obus) writer.add(obu)
    return writer.finish()
  },
})

const obusOf = (unit: AccessUnit): readonly Obu[] => {
  try {
    const obus = splitObus(unit.sample).filter(({ type }) => !isSuperfluous(type))
    const complete = !unit.keyframe || obus.some(({ type }) => type === obuType.sequenceHeader)
    return complete ? obus : [...unit.configuration.flatMap(splitObus), ...obus]
  } catch (error) {
    if (error instanceof MalformedError) return []
    throw error
  }
}

/** Fills payloads with units, one after another, cutting them where a payload is full. */
class PayloadWriter {
  readonly #payloadBytesMax: number
  readonly #payloads: (readonly Buffer[])[] = []
  #startsSequence: boolean
  #parts: Buffer[] = []
  #room: number
  #continues = false

  constructor(payloadBytesMax: number, startsSequence: boolean) {
    this.#payloadBytesMax = payloadBytesMax
    this.#startsSequence = startsSequence
    this.#room = payloadBytesMax - HEADER_BYTES
  }

  add(obu: Obu): void {
    let head = bareHeader(obu)
    let rest = obu.payload
    for (;;) {
      const room = this.#room - LENGTH_BYTES_MAX - head.length
      if (rest.length <= room) break
      if (room < PIECE_BYTES_MIN && this.#parts.length > 0) {
        this.#close(false)
        continue
      }
      const size = Math.max(1, room)
      this.#put(head, rest.subarray(0, size))
      this.#close(true)
      head = Buffer.alloc(0)
      rest = rest.subarray(size)
    }
    this.#put(head, rest)
  }

  finish(): readonly (readonly Buffer[])[] {
    if (this.#parts.length > 0) this.#close(false)
    return this.#payloads
  }

  #put(head: Buffer, piece: Buffer): void {
    const length = formatLeb128(head.length + piece.length)
    this.#parts.push(length, head, piece)
    this.#room -= length.length + head.length + piece.length
  }

  /** `continued`: the last unit goes on in the next payload. */
  #close(continued: boolean): void {
    const startsSequence = this.#startsSequence
    const header = formatAggregationHeader({ continues: this.#continues, continued, startsSequence })
    this.#payloads.push([header, ...this.#parts])
    this.#parts = []
    this.#room = this.#payloadBytesMax - HEADER_BYTES
    this.#continues = continued
    this.#startsSequence = false
  }
}
