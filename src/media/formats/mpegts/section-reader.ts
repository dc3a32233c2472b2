import { ChunkQueue } from '../../bytes/chunk-queue.ts'
import { crc32 } from './crc32.ts'

/** table_id and section_length. */
const HEAD_BYTES = 3
/** What no table begins with: the rest of the packet is filled up. */
const STUFFING = 0xff
/** The checksum at the end, and the shortest section with one. */
const CRC_BYTES = 4
const SECTION_BYTES_MIN = 12

/** Puts the sections of one PID together (ISO/IEC 13818-1 §2.4.4). Sections with a wrong checksum are passed over. */
export class SectionReader {
  readonly #waiting = new ChunkQueue()
  readonly #emit: (section: Buffer) => void
  #begun = false

  /** `emit` gets each section whole, without its checksum. */
  constructor(emit: (section: Buffer) => void) {
    this.#emit = emit
  }

  /** The next packet's payload. `begins`: its first byte says where a section begins in it. */
  push(payload: Buffer, begins: boolean): void {
    if (!begins) {
      if (this.#begun) this.#add(payload)
      return
    }
    const pointer = 1 + payload[0]!
    if (this.#begun) this.#add(payload.subarray(1, pointer))
    this.reset()
    this.#begun = true
    this.#add(payload.subarray(pointer))
  }

  /** A packet is missing here. */
  reset(): void {
    this.#waiting.clear()
    this.#begun = false
  }

  #add(bytes: Buffer): void {
    this.#waiting.push(bytes)
    for (;;) {
      const head = this.#waiting.peek(HEAD_BYTES)
      if (head === undefined) return
      if (head[0] === STUFFING) {
        this.reset()
        return
      }
      const section = this.#waiting.take(HEAD_BYTES + (head.readUInt16BE(1) & 0x0fff))
      if (section === undefined) return
      if (section.length >= SECTION_BYTES_MIN && crc32(section) === 0) this.#emit(section.subarray(0, -CRC_BYTES))
    }
  }
}
