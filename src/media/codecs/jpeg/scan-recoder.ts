import { MalformedError } from '../../runtime/errors.ts'
import type { HuffmanTable } from './huffman-tables.ts'

/** Bits of the longest code: ITU-T T.81 §B.2.4.2. */
const CODE_BITS_MAX = 16
/** Coefficients of a block. */
const COEFFICIENTS = 64
/** Bits of a coefficient's difference that 8-bit pictures can need. */
const MAGNITUDE_BITS_MAX = 15
/** First of the eight restart markers' second bytes. */
const RST0 = 0xd0
/** "Sixteen zeros", and "only zeros follow". */
const SIXTEEN_ZEROS = 0xf0

/** One block of an MCU: the tables it is written with, and those it is to be written with. */
export interface BlockTables {
  readonly from: { readonly dc: HuffmanTable; readonly ac: HuffmanTable }
  readonly to: { readonly dc: HuffmanTable; readonly ac: HuffmanTable }
}

/** What a scan consists of. */
export interface ScanLayout {
  readonly mcuCount: number
  /** MCUs between restart markers; 0: there are none. */
  readonly restartInterval: number
  /** In the order of an MCU. */
  readonly blocks: readonly BlockTables[]
}

/**
 * The same scan with other Huffman tables: every coefficient keeps its bits, only their names change, so that
 * nothing is lost. Some 10 ms for a full HD picture. Throws `MalformedError` when the scan is broken, or says
 * what the new tables cannot.
 */
export const recodeScan = (scan: Buffer, { mcuCount, restartInterval, blocks }: ScanLayout): Buffer => {
  const codes = blocks.map(({ from, to }) => ({
    dc: { read: readingTable(from.dc), write: writingTable(to.dc) },
    ac: { read: readingTable(from.ac), write: writingTable(to.ac) },
  }))
  const reader = new ScanReader(scan)
  const writer = new ScanWriter(scan.length)
  for (let mcu = 0; mcu < mcuCount; mcu++) {
    if (restartInterval > 0 && mcu > 0 && mcu % restartInterval === 0) writer.restart(reader.restart())
    for (const { dc, ac } of codes) {
      recodeSymbol(reader, writer, dc)
      recodeCoefficients(reader, writer, ac)
    }
  }
  return writer.finish()
}

interface SymbolCodes {
  /** By the next 16 bits: length × 256 + symbol; 0 for none. */
  readonly read: Uint16Array
  /** By symbol: length × 65 536 + code; 0 for none. */
  readonly write: Uint32Array
}

/** One symbol and the bits that follow it: as many as its lower half says. Gives the symbol. */
const recodeSymbol = (reader: ScanReader, writer: ScanWriter, { read, write }: SymbolCodes): number => {
  const entry = read[reader.peek16()]!
  const symbol = entry & 0xff
  const code = write[symbol]!
  if (entry === 0 || code === 0) throw new MalformedError('JPEG scan with a code that means nothing')
  reader.skip(entry >> 8)
  writer.put(code & 0xffff, code >>> 16)
  const magnitude = symbol & 0x0f
  if (magnitude > MAGNITUDE_BITS_MAX) throw new MalformedError('JPEG coefficient that is too large')
  if (magnitude > 0) {
    writer.put(reader.peek16() >> (CODE_BITS_MAX - magnitude), magnitude)
    reader.skip(magnitude)
  }
  return symbol
}

const recodeCoefficients = (reader: ScanReader, writer: ScanWriter, codes: SymbolCodes): void => {
  for (let k = 1; k < COEFFICIENTS; ) {
    const symbol = recodeSymbol(reader, writer, codes)
    if ((symbol & 0x0f) !== 0) k += (symbol >> 4) + 1
    else if (symbol === SIXTEEN_ZEROS) k += 16
    else return
  }
}

/** Calls back with each symbol of a table, its code and the code's length: ITU-T T.81 §C.2. */
const eachCode = ({ content }: HuffmanTable, tell: (symbol: number, code: number, length: number) => void): void => {
  let code = 0
  let at = CODE_BITS_MAX
  for (let length = 1; length <= CODE_BITS_MAX; length++) {
    for (let i = 0; i < content[length - 1]!; i++) {
      if (at >= content.length || code >= 2 ** length) throw new MalformedError('JPEG Huffman table that is none')
      tell(content[at++]!, code++, length)
    }
    code *= 2
  }
}

const readingTables = new WeakMap<HuffmanTable, Uint16Array>()

const readingTable = (table: HuffmanTable): Uint16Array => {
  const known = readingTables.get(table)
  if (known !== undefined) return known
  const made = new Uint16Array(2 ** CODE_BITS_MAX)
  eachCode(table, (symbol, code, length) => {
    const free = CODE_BITS_MAX - length
    made.fill((length << 8) | symbol, code << free, (code + 1) << free)
  })
  readingTables.set(table, made)
  return made
}

const writingTables = new WeakMap<HuffmanTable, Uint32Array>()

const writingTable = (table: HuffmanTable): Uint32Array => {
  const known = writingTables.get(table)
  if (known !== undefined) return known
  const made = new Uint32Array(256)
  eachCode(table, (symbol, code, length) => {
    made[symbol] = length * 65_536 + code
  })
  writingTables.set(table, made)
  return made
}

/** The bits of a scan, without the zeros that follow each 0xff. Zeros come after its end: a little is forgiven. */
class ScanReader {
  readonly #scan: Buffer
  #at = 0
  #bits = 0
  #count = 0
  /** Bits beyond the end that were asked for. */
  #lacking = 0

  constructor(scan: Buffer) {
    this.#scan = scan
  }

  /** The next 16 bits, which stay. */
  peek16(): number {
    while (this.#count < 16) {
      this.#bits = ((this.#bits << 8) | this.#byte()) >>> 0
      this.#count += 8
    }
    return (this.#bits >>> (this.#count - 16)) & 0xffff
  }

  skip(count: number): void {
    this.#count -= count
    this.#bits &= 2 ** this.#count - 1
    if (this.#lacking > this.#count + 16) throw new MalformedError('JPEG scan cut short', this.#at)
  }

  /** Passes over the marker that must be next; gives its second byte. */
  restart(): number {
    this.#bits = 0
    this.#count = 0
    this.#lacking = 0
    const second = this.#scan[this.#at + 1] ?? 0
    if (this.#scan[this.#at] !== 0xff || second < RST0 || second > RST0 + 7)
      throw new MalformedError('JPEG scan without a restart marker', this.#at)
    this.#at += 2
    return second
  }

  #byte(): number {
    const byte = this.#scan[this.#at]
    const isMarker = byte === 0xff && this.#scan[this.#at + 1] !== 0
    if (byte === undefined || isMarker) {
      this.#lacking += 8
      return 0
    }
    this.#at += byte === 0xff ? 2 : 1
    return byte
  }
}

/** Writes bits, with a zero after each 0xff. */
class ScanWriter {
  #bytes: Buffer
  #length = 0
  #bits = 0
  #count = 0

  constructor(sizeBytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(sizeBytes + (sizeBytes >> 2) + 64)
  }

  /** At most 16 bits. */
  put(bits: number, count: number): void {
    this.#bits = ((this.#bits << count) | bits) >>> 0
    this.#count += count
    while (this.#count >= 8) {
      this.#count -= 8
      this.#byte((this.#bits >>> this.#count) & 0xff)
    }
    this.#bits &= 0xff
  }

  restart(second: number): void {
    this.#pad()
    this.#room(2)
    this.#bytes[this.#length++] = 0xff
    this.#bytes[this.#length++] = second
  }

  finish(): Buffer {
    this.#pad()
    return this.#bytes.subarray(0, this.#length)
  }

  /** Ones to the next byte: ITU-T T.81 §F.1.2.3. */
  #pad(): void {
    if (this.#count > 0) this.put((1 << (8 - this.#count)) - 1, 8 - this.#count)
  }

  #byte(byte: number): void {
    this.#room(2)
    this.#bytes[this.#length++] = byte
    if (byte === 0xff) this.#bytes[this.#length++] = 0
  }

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(this.#bytes.length * 2)
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
