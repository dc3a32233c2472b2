import { crc32 } from '#media/formats/mpegts/crc32.ts'

const PACKET_BYTES = 188
const MAP_PID = 0x1000

/** Writes an MPEG transport stream packet by packet, so that a test can leave some out or damage them. */
export class TransportStream {
  readonly packets: Buffer[] = []
  readonly #counters = new Map<number, number>()

  /** The two tables, for streams of these types and with these descriptors (hexadecimal). */
  tables(streams: readonly { readonly pid: number; readonly type: number; readonly descriptors?: string }[]): this {
    const association = Buffer.from([0, 1, 0xe0 | (MAP_PID >> 8), MAP_PID & 0xff])
    this.#section(0, 0, association)
    const entries = streams.flatMap(({ pid, type, descriptors = '' }) => {
      const bytes = Buffer.from(descriptors, 'hex')
      return [Buffer.of(type, 0xe0 | (pid >> 8), pid & 0xff, 0xf0, bytes.length), bytes]
    })
    this.#section(MAP_PID, 2, Buffer.concat([Buffer.of(0xff, 0xff, 0xf0, 0), ...entries]))
    return this
  }

  /** One PES packet; times at 90 kHz. It says how long it is, unless it is `unbounded`. */
  pes(
    pid: number,
    content: Buffer,
    options: { readonly pts?: number; readonly dts?: number; readonly unbounded?: boolean } = {},
  ): this {
    const { pts, dts, unbounded = false } = options
    const times = Buffer.concat([
      ...(pts === undefined ? [] : [time(dts === undefined ? 2 : 3, pts)]),
      ...(dts === undefined ? [] : [time(1, dts)]),
    ])
    const flags = (pts === undefined ? 0 : 0x80) | (dts === undefined ? 0 : 0x40)
    const length = unbounded ? 0 : 3 + times.length + content.length
    const head = Buffer.of(0, 0, 1, 0xe0, length >> 8, length & 0xff, 0x80, flags, times.length)
    this.#write(pid, Buffer.concat([head, times, content]))
    return this
  }

  /** All packets as one stream. */
  get bytes(): Buffer {
    return Buffer.concat(this.packets)
  }

  #section(pid: number, tableId: number, content: Buffer): void {
    const length = content.length + 9
    const section = Buffer.concat([Buffer.of(tableId, 0xb0 | (length >> 8), length & 0xff, 0, 1, 0xc1, 0, 0), content])
    const checksum = Buffer.alloc(4)
    checksum.writeUInt32BE(crc32(section))
    this.#write(pid, Buffer.concat([Buffer.of(0), section, checksum]), 0xff)
  }

  #write(pid: number, payload: Buffer, filler?: number): void {
    for (let at = 0; at < payload.length; at += 184) {
      const piece = payload.subarray(at, at + 184)
      const counter = this.#counters.get(pid) ?? 0
      this.#counters.set(pid, (counter + 1) & 0x0f)
      const packet = Buffer.alloc(PACKET_BYTES, 0xff)
      const missing = 184 - piece.length
      const stuffed = missing > 0 && filler === undefined
      packet.set([0x47, (at === 0 ? 0x40 : 0) | (pid >> 8), pid & 0xff, (stuffed ? 0x30 : 0x10) | counter])
      if (stuffed) packet.set(missing === 1 ? [0] : [missing - 1, 0], 4)
      packet.set(piece, stuffed ? PACKET_BYTES - piece.length : 4)
      this.packets.push(packet)
    }
  }
}

const time = (prefix: number, value: number): Buffer => {
  const high = Math.floor(value / 2 ** 30) & 7
  const middle = Math.floor(value / 2 ** 15) & 0x7fff
  const low = value & 0x7fff
  const bytes = Buffer.alloc(5)
  bytes[0] = (prefix << 4) | (high << 1) | 1
  bytes.writeUInt16BE((middle << 1) | 1, 1)
  bytes.writeUInt16BE((low << 1) | 1, 3)
  return bytes
}
