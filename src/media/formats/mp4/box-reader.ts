import { LimitError, MalformedError } from '../../runtime/errors.ts'

/** Boxes side by side: real files have some ten. */
const BOXES_MAX = 10_000

/** One box, read in place (ISO/IEC 14496-12 §4.2). */
export interface Mp4Box {
  readonly type: string
  /** What follows size and type. A view. */
  readonly content: Buffer
}

/** The boxes that stand side by side in some bytes. Throws `MalformedError` when sizes do not fit. */
export const readBoxes = (bytes: Buffer): readonly Mp4Box[] => {
  const boxes: Mp4Box[] = []
  for (let at = 0; at < bytes.length; ) {
    if (boxes.length >= BOXES_MAX) throw new LimitError('boxes in one MP4 box', BOXES_MAX)
    if (at + 8 > bytes.length) throw new MalformedError('MP4 box header cut short', at)
    const short = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    const headerBytes = short === 1 ? 16 : 8
    if (at + headerBytes > bytes.length) throw new MalformedError('MP4 box header cut short', at)
    const size = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? bytes.length - at : short
    if (size < headerBytes || at + size > bytes.length) throw new MalformedError(`MP4 box ${type} of ${size} bytes`, at)
    boxes.push({ type, content: bytes.subarray(at + headerBytes, at + size) })
    at += size
  }
  return boxes
}

/** The content of the first box at the end of a path of types. `undefined` when there is none. */
export const findBox = (bytes: Buffer, ...path: readonly string[]): Buffer | undefined => {
  let here: Buffer | undefined = bytes
  for (const type of path) {
    if (here === undefined) return undefined
    here = readBoxes(here).find(box => box.type === type)?.content
  }
  return here
}

/** As `findBox`, for a box that must be there. Throws `MalformedError`. */
export const needBox = (bytes: Buffer, ...path: readonly string[]): Buffer => {
  const found = findBox(bytes, ...path)
  if (found === undefined) throw new MalformedError(`MP4 without ${path.join('/')}`)
  return found
}

/** Reads numbers at offsets of one box. Throws `MalformedError` beyond its end. */
export class FieldReader {
  readonly bytes: Buffer
  readonly #name: string

  constructor(bytes: Buffer, name: string) {
    this.bytes = bytes
    this.#name = name
  }

  /** An unsigned number of 1 to 6 bytes. */
  unsigned(at: number, sizeBytes: number): number {
    this.#need(at, sizeBytes)
    return this.bytes.readUIntBE(at, sizeBytes)
  }

  /** A signed number of 32 bits. */
  signed32(at: number): number {
    this.#need(at, 4)
    return this.bytes.readInt32BE(at)
  }

  /** An unsigned number of 64 bits; exact up to 2^53. */
  unsigned64(at: number): number {
    this.#need(at, 8)
    return Number(this.bytes.readBigUInt64BE(at))
  }

  /** A signed number of 64 bits; exact up to 2^53. */
  signed64(at: number): number {
    this.#need(at, 8)
    return Number(this.bytes.readBigInt64BE(at))
  }

  /** A view of some bytes. */
  slice(at: number, sizeBytes: number): Buffer {
    this.#need(at, sizeBytes)
    return this.bytes.subarray(at, at + sizeBytes)
  }

  /** Number of entries of a table, checked to lie within the box. */
  entryCount(at: number, entryBytes: number): number {
    const count = this.unsigned(at, 4)
    if (at + 4 + count * entryBytes > this.bytes.length)
      throw new MalformedError(`${this.#name} with ${count} entries`, at)
    return count
  }

  #need(at: number, sizeBytes: number): void {
    if (at < 0 || at + sizeBytes > this.bytes.length) throw new MalformedError(`${this.#name} cut short`, at)
  }
}
