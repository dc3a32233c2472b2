import { type Cipheriv, createCipheriv, hash } from 'node:crypto'
import { HmacSha1Key } from './sha1-state.ts'
import { AES_BLOCK_BYTES, blocksFor, type SaltWords, type SrtpKeys, saltWords, writeCounters } from './srtp-counter.ts'

/** The fixed part of an RTP header, and what protects a packet (RFC 3711 §3.1). */
const HEADER_BYTES = 12
const TAG_BYTES = 10
const ROLLOVER_BYTES = 4
/** The block before each message of an HMAC. */
const PAD_BYTES = 64
/** Bytes of a packet: nothing longer comes in a datagram of any network. */
const PACKET_BYTES_MAX = 2048
/** RTP streams of one peer that are told apart: a dozen tracks, each with its retransmissions, begun anew a few times. */
const STREAMS_MAX = 64
/** Packets by which one may be late: two seconds of 4 Mbit/s. */
const WINDOW_PACKETS = 1024
const HALF = 0x8000
const CYCLE = 0x10000

/** Where one incoming RTP stream is: numbers are counted on beyond their 16 bits (RFC 3711 §3.3.1). */
interface Incoming {
  /** The highest index there has been: rollover × 2^16 + sequence number. */
  highest: number
  /** Which of the last indices have come, by index modulo the window. */
  readonly seen: Uint8Array
}

const scratch = Buffer.alloc(PAD_BYTES + PACKET_BYTES_MAX + ROLLOVER_BYTES)
const tag = Buffer.alloc(TAG_BYTES)
const counters = Buffer.alloc(blocksFor(PACKET_BYTES_MAX) * AES_BLOCK_BYTES)
const counterWords = new Uint32Array(counters.buffer, counters.byteOffset, counters.length / 4)

/** Opens what one peer sends: each packet once, and only if it is the peer's (RFC 3711). */
export class SrtpReceiver {
  readonly #cipher: Cipheriv
  readonly #hmac: HmacSha1Key
  readonly #salt: SaltWords
  readonly #streams = new Map<number, Incoming>()

  constructor({ sessionKey, sessionSalt, authenticationKey }: SrtpKeys) {
    this.#cipher = createCipheriv('aes-128-ecb', sessionKey, null).setAutoPadding(false)
    this.#hmac = new HmacSha1Key(authenticationKey)
    this.#salt = saltWords(sessionSalt)
  }

  /**
   * The RTP packet, in memory of its own; `undefined` for what is forged, broken, replayed, more than 1 024 packets
   * late, or of a 65th stream. `bytes` stays as it is.
   */
  open(bytes: Buffer): Buffer | undefined {
    const end = bytes.length - TAG_BYTES
    if (end < HEADER_BYTES || bytes.length > PACKET_BYTES_MAX) return undefined
    const ssrc = bytes.readUInt32BE(8)
    const known = this.#streams.get(ssrc)
    if (known === undefined && this.#streams.size >= STREAMS_MAX) return undefined
    const index = indexOf(known, bytes.readUInt16BE(2))
    if (index < 0 || (known !== undefined && hasCome(known, index))) return undefined
    const rollover = Math.floor(index / CYCLE)
    if (!this.#isAuthentic(bytes, end, rollover)) return undefined
    remember(this.#streams, ssrc, index)
    return this.#decrypted(bytes, end, ssrc, rollover, index % CYCLE)
  }

  /** RFC 3711 §4.2: over the packet and its rollover counter. Takes as long whichever byte differs. */
  #isAuthentic(bytes: Buffer, end: number, rollover: number): boolean {
    scratch.set(this.#hmac.innerPad, 0)
    scratch.set(bytes.subarray(0, end), PAD_BYTES)
    scratch.writeUInt32BE(rollover, PAD_BYTES + end)
    const digest = hash('sha1', scratch.subarray(0, PAD_BYTES + end + ROLLOVER_BYTES), 'buffer')
    this.#hmac.writeTag(digest, tag, 0)
    let difference = 0
    for (let i = 0; i < TAG_BYTES; i++) difference |= tag[i]! ^ bytes[end + i]!
    return difference === 0
  }

  #decrypted(bytes: Buffer, end: number, ssrc: number, rollover: number, sequence: number): Buffer | undefined {
    const start = payloadStart(bytes, end)
    if (start === undefined) return undefined
    const blocks = blocksFor(end - start)
    writeCounters(counterWords, 0, this.#salt, ssrc, rollover, sequence, blocks)
    const key = this.#cipher.update(counters.subarray(0, blocks * AES_BLOCK_BYTES))
    const packet = Buffer.allocUnsafeSlow(end)
    packet.set(bytes.subarray(0, start))
    for (let i = start; i < end; i++) packet[i] = bytes[i]! ^ key[i - start]!
    return packet
  }
}

/** What is not encrypted: the header with its sources and extensions (RFC 3550 §5.1). */
const payloadStart = (bytes: Buffer, end: number): number | undefined => {
  let start = HEADER_BYTES + (bytes[0]! & 0x0f) * 4
  if ((bytes[0]! & 0x10) !== 0) {
    if (start + 4 > end) return undefined
    start += 4 + bytes.readUInt16BE(start + 2) * 4
  }
  return start <= end ? start : undefined
}

/** The index that a sequence number most likely means: that nearest to the highest (RFC 3711 §3.3.1, appendix A). */
const indexOf = (known: Incoming | undefined, sequence: number): number => {
  if (known === undefined) return sequence
  const { highest } = known
  const base = highest - (highest % CYCLE) + sequence
  if (base - highest > HALF) return base - CYCLE
  return highest - base > HALF ? base + CYCLE : base
}

const hasCome = ({ highest, seen }: Incoming, index: number): boolean =>
  index <= highest - WINDOW_PACKETS || (index <= highest && seen[index % WINDOW_PACKETS] === 1)

const remember = (streams: Map<number, Incoming>, ssrc: number, index: number): void => {
  const known = streams.get(ssrc)
  if (known === undefined) {
    const seen = new Uint8Array(WINDOW_PACKETS)
    seen[index % WINDOW_PACKETS] = 1
    streams.set(ssrc, { highest: index, seen })
    return
  }
  if (index > known.highest) {
    if (index - known.highest >= WINDOW_PACKETS) known.seen.fill(0)
    else for (let i = known.highest + 1; i < index; i++) known.seen[i % WINDOW_PACKETS] = 0
    known.highest = index
  }
  known.seen[index % WINDOW_PACKETS] = 1
}
