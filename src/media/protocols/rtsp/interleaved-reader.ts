import { parseHead, type TextLimits, type TextMessage, textLimits } from '../../net/text-message.ts'
import { LimitError, MalformedError } from '../../runtime/errors.ts'

/** `$`, channel, length: RFC 2326 §10.12. */
const FRAME_HEAD_BYTES = 4
const DOLLAR = 0x24
const LF = 0x0a
const CR = 0x0d
/** After garbage a frame must look like a camera's: packets that fit Ethernet, RTP or RTCP version 2. */
const RESYNC_PAYLOAD_BYTES_MAX = 1500
/** Letters of the longest method that may begin a message, with its space: `GET_PARAMETER` has 13. */
const METHOD_BYTES_MAX = 24
/** Bytes a message that comes in pieces gets room for at first. */
const PIECES_BYTES_MIN = 4096

/** Gets what an RTSP connection carries, in order. */
export interface InterleavedHandler {
  /** One interleaved frame: the bytes of `memory` from `start` to before `end`. They are what was pushed, and stay valid as long as that. */
  frame(channel: number, memory: Buffer, start: number, end: number): void
  message(message: TextMessage): void
  /** Bytes that were neither and have been passed over. */
  skipped(bytes: number): void
}

/**
 * Takes an RTSP connection's bytes apart into messages and interleaved frames (RFC 2326 §10.12),
 * without copying frames: only what straddles two chunks of different memory is copied. Throws
 * `MalformedError` and `LimitError`, after which it must not be used any more.
 */
export class InterleavedReader {
  /**
   * Bytes in a row that may be neither message nor frame. 0, the default, forgives nothing; some
   * cameras lose a piece of a packet now and then, and go on well afterwards.
   */
  garbageBytesMax = 0
  /** The highest channel a frame may have where garbage is forgiven. */
  channelMax = 255
  readonly #handler: InterleavedHandler
  readonly #limits: TextLimits
  #rest: Buffer | undefined
  /** Memory of our own that `#rest` may grow in. */
  #room: ArrayBufferLike | undefined
  /** Bytes `#rest` must have before it is worth a look. */
  #needed = 0
  #garbage = 0
  #lost = false
  #stopped = false

  constructor(handler: InterleavedHandler, limits: TextLimits = textLimits) {
    this.#handler = handler
    this.#limits = limits
  }

  /** Hands on everything that is whole by now. The chunk's memory must not be written again. */
  push(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : this.#join(this.#rest, chunk)
    this.#rest = bytes
    if (bytes.length < this.#needed) return
    this.#needed = 0
    let at = 0
    while (at < bytes.length && !this.#stopped) {
      const size = bytes[at] === DOLLAR ? this.#takeFrame(bytes, at) : this.#takeText(bytes, at)
      if (size === 0) break
      at += size
    }
    this.#rest = at >= bytes.length || this.#stopped ? undefined : bytes.subarray(at)
  }

  /** Hands on nothing any more; may be called by the handler. */
  stop(): void {
    this.#stopped = true
  }

  #takeFrame(bytes: Buffer, at: number): number {
    if (at + FRAME_HEAD_BYTES > bytes.length) return this.#need(FRAME_HEAD_BYTES)
    const channel = bytes[at + 1]!
    const size = FRAME_HEAD_BYTES + ((bytes[at + 2]! << 8) | bytes[at + 3]!)
    if (channel > this.channelMax) return this.#skip()
    if (this.#lost) {
      if (at + FRAME_HEAD_BYTES >= bytes.length) return this.#need(FRAME_HEAD_BYTES + 1)
      if (!plausible(size, bytes[at + FRAME_HEAD_BYTES]!)) return this.#skip()
    }
    if (at + size > bytes.length) return this.#need(size)
    if (this.#lost) this.#found()
    this.#handler.frame(channel, bytes, at + FRAME_HEAD_BYTES, at + size)
    return size
  }

  #takeText(bytes: Buffer, at: number): number {
    const first = bytes[at]
    if ((first === CR || first === LF) && !this.#lost) return 1
    const begins = this.garbageBytesMax > 0 ? beginsKnownMessage(bytes, at) : beginsMessage(bytes, at)
    if (begins === undefined) return 0
    return begins ? this.#takeMessage(bytes.subarray(at)) : this.#skip()
  }

  #takeMessage(bytes: Buffer): number {
    const head = this.#head(bytes)
    if (head === 'garbage') return this.#skip()
    if (head === undefined) return 0
    const size = head.headBytes + head.bodyBytes
    if (size > bytes.length) return this.#need(size)
    if (this.#lost) this.#found()
    const { startLine, headers } = head
    this.#handler.message({ startLine, headers, body: bytes.subarray(head.headBytes, size) })
    return size
  }

  #head(bytes: Buffer): ReturnType<typeof parseHead> | 'garbage' {
    try {
      return parseHead(bytes, this.#limits)
    } catch (error) {
      if (error instanceof MalformedError && this.garbageBytesMax > 0) return 'garbage'
      throw error
    }
  }

  #need(bytes: number): 0 {
    this.#needed = bytes
    return 0
  }

  /** Passes over one byte that begins nothing. */
  #skip(): 1 {
    if (this.garbageBytesMax === 0) throw new MalformedError('neither an RTSP message nor an interleaved frame')
    this.#lost = true
    this.#garbage++
    if (this.#garbage > this.garbageBytesMax) throw new LimitError('bytes of garbage in a row', this.garbageBytesMax)
    return 1
  }

  #found(): void {
    this.#lost = false
    this.#handler.skipped(this.#garbage)
    this.#garbage = 0
  }

  /** Chunks of one slab follow each other in memory: then nothing is copied. */
  #join(rest: Buffer, chunk: Buffer): Buffer {
    const size = rest.length + chunk.length
    const end = rest.byteOffset + rest.length
    if (rest.buffer === chunk.buffer && end === chunk.byteOffset) return Buffer.from(rest.buffer, rest.byteOffset, size)
    if (rest.buffer === this.#room && rest.byteOffset + size <= rest.buffer.byteLength) {
      const grown = Buffer.from(rest.buffer, rest.byteOffset, size)
      grown.set(chunk, rest.length)
      return grown
    }
    // Twice what there is, so that a message that comes byte by byte is not copied for each of them.
    const room = Buffer.allocUnsafeSlow(Math.max(this.#needed, size * 2, PIECES_BYTES_MIN))
    room.set(rest)
    room.set(chunk, rest.length)
    this.#room = room.buffer
    return room.subarray(0, size)
  }
}

const plausible = (size: number, firstPayloadByte: number): boolean =>
  size > FRAME_HEAD_BYTES && size <= FRAME_HEAD_BYTES + RESYNC_PAYLOAD_BYTES_MAX && firstPayloadByte >> 6 === 2

/** Whether a method or a protocol name begins here; `undefined` when too little is there to tell. */
const beginsMessage = (bytes: Buffer, at: number): boolean | undefined => {
  const end = Math.min(bytes.length, at + METHOD_BYTES_MAX)
  for (let i = at; i < end; i++) {
    const byte = bytes[i]!
    if (byte === 0x20 || byte === 0x2f) return i > at
    const letter = (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f
    if (!letter) return false
  }
  return end === at + METHOD_BYTES_MAX ? false : undefined
}

/** What a camera says while it plays: answers, and the few questions that servers ask (RFC 2326 §10). */
const knownStarts = ['RTSP/1.', 'OPTIONS ', 'GET_PARAMETER ', 'SET_PARAMETER ', 'ANNOUNCE ', 'REDIRECT '].map(text =>
  Buffer.from(text),
)

/** The same, where garbage is to be expected. */
const beginsKnownMessage = (bytes: Buffer, at: number): boolean | undefined => {
  for (const start of knownStarts) {
    const size = Math.min(start.length, bytes.length - at)
    if (start.compare(bytes, at, at + size, 0, size) === 0) return size === start.length ? true : undefined
  }
  return false
}
