/** Before each record (RFC 6347 §4.1), and before each piece of a handshake message (§4.2.2). */
const RECORD_HEAD_BYTES = 13
const PIECE_HEAD_BYTES = 12
/** Bytes of one handshake message: chains of certificates have some thousand. */
const MESSAGE_BYTES_MAX = 16 * 1024
/** Messages that may be in pieces at once: the longest flight has five. */
const OPEN_MESSAGES_MAX = 8
const CHANGE_CIPHER_SPEC = 20
const APPLICATION_DATA = 23

/** Content types of records that somebody asks for by name. */
export const recordTypes = { ALERT: 21, HANDSHAKE: 22 } as const

/** One record (RFC 6347 §4.1). */
export interface DtlsRecord {
  readonly type: number
  /** 0: nothing protects it, and anybody may have written it. */
  readonly epoch: number
  readonly sequenceNumber: number
  readonly version: number
  readonly body: Buffer
  /** With its header. */
  readonly bytes: Buffer
}

/** The records of a datagram, up to the first that is none. */
export const recordsOf = function* (datagram: Buffer): Generator<DtlsRecord> {
  for (let at = 0; at + RECORD_HEAD_BYTES <= datagram.length; ) {
    const end = at + RECORD_HEAD_BYTES + datagram.readUInt16BE(at + 11)
    const type = datagram[at]!
    if (end > datagram.length || type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA) return
    yield {
      type,
      version: datagram.readUInt16BE(at + 1),
      epoch: datagram.readUInt16BE(at + 3),
      sequenceNumber: datagram.readUIntBE(at + 5, 6),
      body: datagram.subarray(at + RECORD_HEAD_BYTES, end),
      bytes: datagram.subarray(at, end),
    }
    at = end
  }
}

interface OpenMessage {
  readonly type: number
  readonly body: Buffer
  /** Which of its bytes have come. */
  readonly come: Uint8Array
  missing: number
}

/**
 * Makes whole messages of the pieces that networks deliver in any order, twice or never (RFC 6347 §4.2.3): a
 * ClientHello of today's browsers has two. A message that comes again is given again, as its sender waits for an answer.
 */
export class HandshakePieces {
  readonly #open = new Map<number, OpenMessage>()

  /** Takes an unprotected handshake record; gives records with one whole message each. */
  take({ bytes, body }: DtlsRecord): readonly Buffer[] {
    const whole: Buffer[] = []
    for (let at = 0; at + PIECE_HEAD_BYTES <= body.length; ) {
      const end = at + PIECE_HEAD_BYTES + body.readUIntBE(at + 9, 3)
      if (end > body.length) break
      const message = this.#add(body.subarray(at, end))
      if (message !== undefined) whole.push(recordWith(bytes, message))
      at = end
    }
    return whole
  }

  #add(piece: Buffer): Buffer | undefined {
    const size = piece.readUIntBE(1, 3)
    const [number, from] = [piece.readUInt16BE(4), piece.readUIntBE(6, 3)]
    const content = piece.subarray(PIECE_HEAD_BYTES)
    if (from === 0 && content.length === size) return piece
    if (size > MESSAGE_BYTES_MAX || from + content.length > size) return undefined
    const message = this.#messageOf(number, piece[0]!, size)
    message.body.set(content, PIECE_HEAD_BYTES + from)
    for (let i = from; i < from + content.length; i++) {
      message.missing -= 1 - message.come[i]!
      message.come[i] = 1
    }
    if (message.missing > 0) return undefined
    this.#open.delete(number)
    return message.body
  }

  /** What comes of the same number with another type or size is another message; the oldest makes room. */
  #messageOf(number: number, type: number, size: number): OpenMessage {
    const known = this.#open.get(number)
    if (known !== undefined && known.type === type && known.come.length === size) return known
    const body = Buffer.alloc(PIECE_HEAD_BYTES + size)
    body[0] = type
    body.writeUIntBE(size, 1, 3)
    body.writeUInt16BE(number, 4)
    body.writeUIntBE(size, 9, 3)
    const message = { type, body, come: new Uint8Array(size), missing: size }
    this.#open.delete(number)
    this.#open.set(number, message)
    for (const oldest of this.#open.keys()) if (this.#open.size > OPEN_MESSAGES_MAX) this.#open.delete(oldest)
    return message
  }
}

const recordWith = (head: Buffer, body: Buffer): Buffer => {
  const record = Buffer.concat([head.subarray(0, RECORD_HEAD_BYTES), body])
  record.writeUInt16BE(body.length, 11)
  return record
}
