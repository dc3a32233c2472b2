import { type Cipheriv, createCipheriv, hash } from 'node:crypto'
import { HmacSha1Key } from './sha1-state.ts'
import { AES_BLOCK_BYTES, blocksFor, type SaltWords, type SrtpKeys, saltWords, writeCounters } from './srtp-counter.ts'

/** Packets that are protected at once: a picture of 75 KB. */
const BATCH_PACKETS_MAX = 64
/** Bytes of a payload: what our own packets have stays below 1200; what a source packed larger may need two datagrams of IP. */
export const SRTP_PAYLOAD_BYTES_MAX = 1500
const HEADER_BYTES = 12
const TAG_BYTES = 10
const PAD_BYTES = 64
/** Before each packet its inner pad; after it room for the rollover counter, which its tag is written over. */
const STRIDE_BYTES = 1600
const PAYLOAD_WORDS = Math.ceil(SRTP_PAYLOAD_BYTES_MAX / 4)
const BLOCKS_MAX = BATCH_PACKETS_MAX * blocksFor(SRTP_PAYLOAD_BYTES_MAX)

/** What a packet says beside its payload. */
export interface OutgoingPacket {
  readonly payload: Buffer
  readonly marker: boolean
}

/** Takes protected packets. True: their memory is still needed, because not all have left. */
export type PacketsTaker = (packets: readonly Buffer[]) => boolean

/** Payloads of one instant, laid out once for all viewers that get them. */
export class SrtpBatch {
  readonly lengths: readonly number[]
  readonly markers: readonly boolean[]
  readonly words: Uint32Array
  /** Of key stream that all of them take. */
  readonly blocks: number

  /** At most 64 packets, each of at most 1500 bytes. */
  private constructor(packets: readonly OutgoingPacket[]) {
    this.lengths = packets.map(({ payload }) => payload.length)
    this.markers = packets.map(({ marker }) => marker)
    this.words = new Uint32Array(packets.length * PAYLOAD_WORDS)
    const bytes = Buffer.from(this.words.buffer)
    let blocks = 0
    for (const [index, { payload }] of packets.entries()) {
      bytes.set(payload, index * PAYLOAD_WORDS * 4)
      blocks += blocksFor(payload.length)
    }
    this.blocks = blocks
  }

  /** One packet's payload, as it is. */
  payload(index: number): Buffer {
    return Buffer.from(this.words.buffer, index * PAYLOAD_WORDS * 4, this.lengths[index])
  }

  /** As many batches as it takes; packets that are too long for any network are left out. */
  static of(packets: readonly OutgoingPacket[]): readonly SrtpBatch[] {
    const fitting = packets.filter(({ payload }) => payload.length <= SRTP_PAYLOAD_BYTES_MAX)
    const batches: SrtpBatch[] = []
    for (let at = 0; at < fitting.length; at += BATCH_PACKETS_MAX)
      batches.push(new SrtpBatch(fitting.slice(at, at + BATCH_PACKETS_MAX)))
    return batches
  }
}

/** Memory that packets are made in; let go where they have not left before the next ones are made. */
class Slab {
  readonly bytes = Buffer.alloc(BATCH_PACKETS_MAX * STRIDE_BYTES)
  readonly words = new Uint32Array(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length / 4)
}

let slab = new Slab()
const counters = Buffer.alloc(BLOCKS_MAX * AES_BLOCK_BYTES)
const counterWords = new Uint32Array(counters.buffer, counters.byteOffset, counters.length / 4)

/**
 * One outgoing RTP stream of one viewer, protected (RFC 3711): numbers packets without a gap, makes the
 * key stream of a whole instant with one call of the cipher, and a tag with one hash.
 */
export class SrtpStream {
  readonly ssrc: number
  payloadType: number
  packetCount = 0
  octetCount = 0
  readonly #cipher: Cipheriv
  readonly #hmac: HmacSha1Key
  readonly #salt: SaltWords
  #sequence: number
  #rollover = 0

  /** `sequence`: of the first packet; below 32 768, so that a lost beginning is no puzzle (RFC 3711 §3.3.1). */
  constructor(keys: SrtpKeys, ssrc: number, payloadType: number, sequence: number) {
    const { sessionKey, sessionSalt, authenticationKey } = keys
    this.ssrc = ssrc
    this.payloadType = payloadType
    this.#sequence = sequence
    this.#cipher = createCipheriv('aes-128-ecb', sessionKey, null).setAutoPadding(false)
    this.#hmac = new HmacSha1Key(authenticationKey)
    this.#salt = saltWords(sessionSalt)
  }

  /** The sequence number of the next packet. */
  get nextSequence(): number {
    return this.#sequence
  }

  /** Protects a batch and hands its packets on. */
  send(batch: SrtpBatch, timestamp: number, take: PacketsTaker): void {
    const key = this.#keyStream(batch)
    const packets: Buffer[] = []
    let keyWord = 0
    for (let index = 0; index < batch.lengths.length; index++) {
      const length = batch.lengths[index]!
      packets.push(this.#write(batch, index, length, timestamp, key, keyWord))
      keyWord += blocksFor(length) * 4
      this.octetCount += length
    }
    this.packetCount += packets.length
    if (take(packets)) slab = new Slab()
  }

  /** Of all packets, with one call of the cipher. */
  #keyStream(batch: SrtpBatch): Uint32Array {
    let sequence = this.#sequence
    let rollover = this.#rollover
    let at = 0
    for (const length of batch.lengths) {
      at = writeCounters(counterWords, at, this.#salt, this.ssrc, rollover, sequence, blocksFor(length))
      sequence = (sequence + 1) & 0xffff
      if (sequence === 0) rollover++
    }
    const stream = this.#cipher.update(counters.subarray(0, batch.blocks * AES_BLOCK_BYTES))
    return new Uint32Array(stream.buffer, stream.byteOffset, stream.length / 4)
  }

  #write(
    { words, markers }: SrtpBatch,
    index: number,
    length: number,
    timestamp: number,
    key: Uint32Array,
    keyWord: number,
  ): Buffer {
    const { bytes } = slab
    const start = index * STRIDE_BYTES
    const packet = start + PAD_BYTES
    const sequence = this.#sequence
    bytes.set(this.#hmac.innerPad, start)
    bytes[packet] = 0x80
    bytes[packet + 1] = (markers[index] === true ? 0x80 : 0) | this.payloadType
    bytes.writeUInt16BE(sequence, packet + 2)
    bytes.writeUInt32BE(timestamp, packet + 4)
    bytes.writeUInt32BE(this.ssrc, packet + 8)
    const from = index * PAYLOAD_WORDS
    const to = (packet + HEADER_BYTES) / 4
    const count = Math.ceil(length / 4)
    for (let i = 0; i < count; i++) slab.words[to + i] = words[from + i]! ^ key[keyWord + i]!
    const end = packet + HEADER_BYTES + length
    bytes.writeUInt32BE(this.#rollover, end)
    this.#hmac.writeTag(hash('sha1', bytes.subarray(start, end + 4), 'buffer'), bytes, end)
    this.#sequence = (sequence + 1) & 0xffff
    if (this.#sequence === 0) this.#rollover++
    return bytes.subarray(packet, end + TAG_BYTES)
  }
}
