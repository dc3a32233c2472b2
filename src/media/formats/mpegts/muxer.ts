import type { AccessUnit } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import { crc32 } from './crc32.ts'
import { type WrittenStream, writtenStream } from './written-codecs.ts'

/** ISO/IEC 13818-1 §2.4.3.2: four bytes of header, the rest is content. */
const PACKET_BYTES = 188
const CONTENT_BYTES = 184
/** The adaptation field with nothing but flags, and with the clock reference. */
const FLAGS_BYTES = 2
const CLOCK_BYTES = 8

const ASSOCIATION_PID = 0
const MAP_PID = 0x1000
const FIRST_PID = 0x100

/** PES_packet_length has 16 bits; longer pictures say 0, which only they may. */
const PES_BYTES_MAX = 0xffff
/** Ticks by which the clock reference is before the decoding time: what a decoder has to gather a picture, 100 ms. */
const CLOCK_LEAD = 9000
/** Ticks after which the tables are said again: half a second, what players wait for that come in the middle. */
const TABLES_PERIOD = 45_000
/** Ticks from one clock reference to the next: 100 ms at most (§2.7.2), so that pictures that come more rarely need some in between. */
const CLOCK_PERIOD = 9000
/** Such packets before one picture: ten seconds without any. */
const CLOCKS_MAX = 100
/** Times have 33 bits (§2.4.3.6). */
const WRAP = 2 ** 33

interface Output extends WrittenStream {
  readonly pid: number
  /** Its PES packets carry the program's clock. */
  readonly clock: boolean
  continuity: number
}

/**
 * Writes an MPEG transport stream with one program (ISO/IEC 13818-1). What `write` gives, one after
 * another, is the stream; whoever begins at a keyframe of the pictures finds the tables there.
 */
export class MpegTsMuxer {
  readonly #outputs: readonly Output[]
  readonly #association: Buffer
  readonly #map: Buffer
  #associationContinuity = 0
  #mapContinuity = 0
  /** When the tables were said last; `undefined`: they are due. */
  #tablesAt: number | undefined
  /** The decoding time that went with the last clock reference; `undefined`: there was none. */
  #clockAt: number | undefined

  /** The tracks' numbers are their places. Throws `MalformedError` for a codec that MPEG-TS does not take. */
  constructor(codecs: readonly Codec[]) {
    const pictures = codecs.findIndex(codec => codec.kind === 'video')
    const clockAt = Math.max(0, pictures)
    this.#outputs = codecs.map((codec, index) => ({
      ...writtenStream(codec),
      ...{ pid: FIRST_PID + index, clock: index === clockAt, continuity: 0 },
    }))
    this.#association = section(0x00, Buffer.of(0, 1, 0xe0 | (MAP_PID >> 8), MAP_PID & 0xff))
    this.#map = section(0x02, programMap(this.#outputs, FIRST_PID + clockAt))
  }

  /** Says the tables before the next unit: a new file or segment begins with it. */
  begin(): void {
    this.#tablesAt = undefined
  }

  /**
   * The packets of one unit: times in ticks of 90 kHz, which may grow without end. Empty for what
   * cannot be written. Throws `MalformedError` when the configuration of sound cannot be read.
   */
  write(track: number, unit: AccessUnit, decodingTime: number, presentationTime: number): Buffer {
    const output = this.#outputs[track]!
    const content = output.content(unit)
    let contentBytes = 0
    for (const piece of content) contentBytes += piece.length
    const head = pesHead(output.streamId, contentBytes, decodingTime, presentationTime)
    if (contentBytes === 0 || head === undefined) return Buffer.alloc(0)
    const tables = this.#tablesDue(output, unit.keyframe, decodingTime)
    const leadBytes = output.clock ? CLOCK_BYTES : unit.keyframe ? FLAGS_BYTES : 0
    const count = Math.ceil((leadBytes + head.length + contentBytes) / CONTENT_BYTES)
    const clocks = output.clock ? this.#clocksDue(decodingTime) : 0
    const memory = Buffer.allocUnsafeSlow((count + clocks + (tables ? 2 : 0)) * PACKET_BYTES)
    const clocksAt = tables ? this.#writeTables(memory, decodingTime) : 0
    this.#writeClocks(memory, clocksAt, output, clocks)
    if (output.clock) this.#clockAt = decodingTime
    const start = clocksAt + clocks * PACKET_BYTES
    const pieces = new Pieces([head, ...content])
    for (let index = 0; index < count; index++) {
      const at = start + index * PACKET_BYTES
      const lead = index === 0 ? leadBytes : 0
      const own = Math.min(CONTENT_BYTES - lead, pieces.left)
      const adaptation = CONTENT_BYTES - own
      writePacketHead(memory, at, output.pid, index === 0, adaptation > 0, output.continuity)
      output.continuity = (output.continuity + 1) & 0x0f
      if (adaptation > 0) writeAdaptation(memory, at + 4, adaptation, lead, unit.keyframe, decodingTime - CLOCK_LEAD)
      pieces.copy(memory, at + PACKET_BYTES - own, own)
    }
    return memory
  }

  /** With each keyframe of the pictures, or of sound alone from time to time. */
  #tablesDue(output: Output, keyframe: boolean, time: number): boolean {
    if (this.#tablesAt === undefined) return true
    if (output.clock && keyframe && output.streamId >= 0xe0) return true
    return time - this.#tablesAt >= TABLES_PERIOD
  }

  /** How many clock references belong between the last one and that of this time. */
  #clocksDue(time: number): number {
    const elapsed = time - (this.#clockAt ?? time)
    return Math.max(0, Math.min(CLOCKS_MAX, Math.ceil(elapsed / CLOCK_PERIOD) - 1))
  }

  /** Packets with nothing but the clock; their continuity is that of the packet before (§2.4.3.3). */
  #writeClocks(memory: Buffer, start: number, { pid, continuity }: Output, count: number): void {
    for (let index = 0; index < count; index++) {
      const at = start + index * PACKET_BYTES
      const time = this.#clockAt! + (index + 1) * CLOCK_PERIOD
      writePacketHead(memory, at, pid, false, true, (continuity + 0x0f) & 0x0f)
      memory[at + 3]! &= 0x2f // no content
      writeAdaptation(memory, at + 4, CONTENT_BYTES, CLOCK_BYTES, false, time - CLOCK_LEAD)
    }
  }

  #writeTables(memory: Buffer, time: number): number {
    writeSection(memory, 0, ASSOCIATION_PID, this.#association, this.#associationContinuity)
    writeSection(memory, PACKET_BYTES, MAP_PID, this.#map, this.#mapContinuity)
    this.#associationContinuity = (this.#associationContinuity + 1) & 0x0f
    this.#mapContinuity = (this.#mapContinuity + 1) & 0x0f
    this.#tablesAt = time
    return 2 * PACKET_BYTES
  }
}

/** Bytes in several pieces, taken from the front. */
class Pieces {
  readonly #pieces: readonly Buffer[]
  #index = 0
  #at = 0
  left = 0

  constructor(pieces: readonly Buffer[]) {
    this.#pieces = pieces
    for (const piece of pieces) this.left += piece.length
  }

  copy(into: Buffer, at: number, count: number): void {
    this.left -= count
    for (let copied = 0; copied < count; ) {
      const piece = this.#pieces[this.#index]!
      const taken = piece.copy(into, at + copied, this.#at, Math.min(piece.length, this.#at + count - copied))
      copied += taken
      this.#at += taken
      if (this.#at < piece.length) continue
      this.#index++
      this.#at = 0
    }
  }
}

const writePacketHead = (
  into: Buffer,
  at: number,
  pid: number,
  begins: boolean,
  adaptation: boolean,
  continuity: number,
): void => {
  into[at] = 0x47
  into[at + 1] = (begins ? 0x40 : 0) | (pid >> 8)
  into[at + 2] = pid & 0xff
  into[at + 3] = (adaptation ? 0x30 : 0x10) | continuity
}

/** `sizeBytes` in all, of which `leadBytes` say something: flags, or flags and the clock. The rest is stuffing. */
const writeAdaptation = (
  into: Buffer,
  at: number,
  sizeBytes: number,
  leadBytes: number,
  keyframe: boolean,
  clock: number,
): void => {
  into.fill(0xff, at, at + sizeBytes)
  into[at] = sizeBytes - 1
  if (sizeBytes === 1) return
  const begins = leadBytes > 0
  into[at + 1] = (begins && keyframe ? 0x40 : 0) | (leadBytes === CLOCK_BYTES ? 0x10 : 0)
  if (leadBytes !== CLOCK_BYTES) return
  const base = wrapped(clock)
  into.writeUInt32BE(Math.floor(base / 2), at + 2)
  into[at + 6] = ((base % 2) << 7) | 0x7e // reserved, and the extension's highest bit
  into[at + 7] = 0
}

const writeSection = (into: Buffer, at: number, pid: number, bytes: Buffer, continuity: number): void => {
  writePacketHead(into, at, pid, true, false, continuity)
  into.fill(0xff, at + 4, at + PACKET_BYTES)
  into[at + 4] = 0 // pointer_field
  into.set(bytes, at + 5)
}

/** A section that fits into one packet: eight streams with their descriptors do. */
const section = (tableId: number, content: Buffer): Buffer => {
  const length = content.length + 9
  // section_length; then transport_stream_id or program_number 1, version 0 that counts now, section 0 of 0.
  const head = Buffer.of(tableId, 0xb0 | (length >> 8), length & 0xff, 0, 1, 0xc1, 0, 0)
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(Buffer.concat([head, content])))
  return Buffer.concat([head, content, checksum])
}

const programMap = (outputs: readonly Output[], clockPid: number): Buffer =>
  Buffer.concat([
    Buffer.of(0xe0 | (clockPid >> 8), clockPid & 0xff, 0xf0, 0),
    ...outputs.flatMap(({ streamType, pid, descriptors }) => [
      Buffer.of(streamType, 0xe0 | (pid >> 8), pid & 0xff, 0xf0, descriptors.length),
      descriptors,
    ]),
  ])

/** PES header (§2.4.3.6); `undefined` when the content is too long for it. */
const pesHead = (streamId: number, contentBytes: number, decoding: number, presentation: number) => {
  const both = decoding !== presentation
  const timesBytes = both ? 10 : 5
  const length = 3 + timesBytes + contentBytes
  if (length > PES_BYTES_MAX && streamId < 0xe0) return undefined
  const told = length > PES_BYTES_MAX ? 0 : length
  const head = Buffer.allocUnsafe(9 + timesBytes)
  // 0x84: the PES packet's first byte is where a unit begins (data_alignment_indicator).
  head.set([0, 0, 1, streamId, told >> 8, told & 0xff, 0x84, both ? 0xc0 : 0x80, timesBytes])
  writeTime(head, 9, both ? 3 : 2, presentation)
  if (both) writeTime(head, 14, 1, decoding)
  return head
}

/** 33 bits in five bytes, with markers in between. */
const writeTime = (into: Buffer, at: number, prefix: number, time: number): void => {
  const value = wrapped(time)
  into[at] = (prefix << 4) | (Math.floor(value / 2 ** 30) << 1) | 1
  into.writeUInt16BE(((Math.floor(value / 2 ** 15) & 0x7fff) << 1) | 1, at + 1)
  into.writeUInt16BE(((value & 0x7fff) << 1) | 1, at + 3)
}

const wrapped = (time: number): number => ((time % WRAP) + WRAP) % WRAP
