import { randomBytes, randomInt } from 'node:crypto'
import type { Clock } from '../../runtime/clock.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { millis } from '../../runtime/units.ts'
import {
  chunkTypes,
  formatParameter,
  formatSctpPacket,
  parseParameters,
  parseSctpPacket,
  type SctpChunk,
} from './sctp-packet.ts'

/** Bytes we say we take at once: nothing is kept, so that it never becomes less. */
const WINDOW_BYTES = 128 * 1024
/** Streams each way: what browsers ask for at most. */
const STREAMS_MAX = 65_535
/** Packets that may have come before one that is missing. */
const AHEAD_MAX = 256
/** Messages of ours that nobody has confirmed yet. */
const UNCONFIRMED_MAX = 64
/** Milliseconds until what was not confirmed is sent again, and how often. */
const AGAIN_MS = 1000
const TRIES_MAX = 10
const COOKIE_BYTES = 16
const DATA_HEADER_BYTES = 12
/** A message that is whole in its chunk (RFC 9260 §3.3.1). */
const WHOLE = 3
/** Parameters: RFC 9260 §3.3.3, RFC 5061 §4.2.7, RFC 3758 §3.1, RFC 6525 §4. */
const STATE_COOKIE = 7
const SUPPORTED_EXTENSIONS = 0x8008
const FORWARD_TSN_SUPPORTED = 0xc000
const OUTGOING_RESET = 13
const RECONFIG_RESPONSE = 16
const PERFORMED = 1
/** WebRTC's establishment protocol, and its messages (RFC 8832 §8.1, §5). */
const ESTABLISHMENT = 50
const OPEN = 3
const OPENED = Buffer.from([2])

const { DATA, INIT, INIT_ACK, SACK, HEARTBEAT, HEARTBEAT_ACK, ABORT, SHUTDOWN, SHUTDOWN_ACK } = chunkTypes
const { COOKIE_ECHO, COOKIE_ACK, RECONFIG, FORWARD_TSN } = chunkTypes

/** How far one transmission number is ahead of another on the circle of 2^32. */
const ahead = (from: number, to: number): number => (to - from) | 0

interface Association {
  readonly peerTag: number
  readonly localTag: number
  readonly cookie: Buffer
  established: boolean
  /** The last number up to which everything has come (RFC 9260 §3.3.4). */
  cumulative: number
  readonly beyond: Set<number>
  /** The next of ours. */
  next: number
  readonly unconfirmed: Map<number, { readonly chunk: SctpChunk; tries: number }>
  readonly sequences: Map<number, number>
  /** Our next request to reset streams. */
  request: number
}

/** What data channels work with. */
export interface DataChannelsOptions {
  readonly clock: Clock
  /** The port of the peer's m-line; ours is the same. */
  readonly port: number
  /** Sends a packet inside the handshake's protection. */
  readonly send: (bytes: Buffer) => void
}

/**
 * Keeps the data channels of a peer open: clients take a channel that closes for a lost session. Who opens
 * one is told that it is open; what is said on it is confirmed, and nobody listens. The association is the
 * peer's to begin (RFC 8831, RFC 9260), and anything that makes no sense is passed over.
 */
export class DataChannels implements Disposable {
  readonly #options: DataChannelsOptions
  #association: Association | undefined
  #again: Disposable | undefined
  #openCount = 0

  constructor(options: DataChannelsOptions) {
    this.#options = options
  }

  /** Channels that were opened and not closed again. */
  get openCount(): number {
    return this.#openCount
  }

  /** One packet of the peer's. */
  take(bytes: Buffer): void {
    try {
      this.#read(bytes)
    } catch (error) {
      if (!(error instanceof MalformedError || error instanceof RangeError)) throw error
    }
  }

  #read(bytes: Buffer): void {
    const { verificationTag, chunks } = parseSctpPacket(bytes)
    const [first] = chunks
    if (first?.type === INIT) {
      if (verificationTag === 0 && chunks.length === 1) this.#greet(first.body)
      return
    }
    const association = this.#association
    if (association === undefined || verificationTag !== association.localTag) return
    const answers = chunks.flatMap(chunk => this.#answer(association, chunk))
    if (chunks.some(({ type }) => type === DATA || type === FORWARD_TSN)) answers.push(confirmation(association))
    if (answers.length > 0) this.#send(association, answers)
  }

  /** RFC 9260 §5.1: who begins again has forgotten what was before. */
  #greet(body: Buffer): void {
    const association: Association = {
      peerTag: body.readUInt32BE(0),
      localTag: randomInt(1, 2 ** 32 - 1),
      cookie: randomBytes(COOKIE_BYTES),
      established: false,
      cumulative: (body.readUInt32BE(12) - 1) >>> 0,
      beyond: new Set(),
      next: randomInt(2 ** 32 - 1),
      unconfirmed: new Map(),
      sequences: new Map(),
      request: 0,
    }
    association.request = association.next
    this.#association = association
    this.#openCount = 0
    const head = Buffer.alloc(16)
    head.writeUInt32BE(association.localTag, 0)
    head.writeUInt32BE(WINDOW_BYTES, 4)
    head.writeUInt16BE(STREAMS_MAX, 8)
    head.writeUInt16BE(STREAMS_MAX, 10)
    head.writeUInt32BE(association.next, 12)
    const parameters = [
      formatParameter(STATE_COOKIE, association.cookie),
      formatParameter(FORWARD_TSN_SUPPORTED, Buffer.alloc(0)),
      formatParameter(SUPPORTED_EXTENSIONS, Buffer.from([RECONFIG, FORWARD_TSN])),
    ]
    this.#send(association, [{ type: INIT_ACK, flags: 0, body: Buffer.concat([head, ...parameters]) }])
  }

  #answer(association: Association, { type, flags, body }: SctpChunk): SctpChunk[] {
    if (type === COOKIE_ECHO) {
      if (!body.equals(association.cookie)) return []
      association.established = true
      return [{ type: COOKIE_ACK, flags: 0, body: Buffer.alloc(0) }]
    }
    if (!association.established) return []
    switch (type) {
      case DATA:
        return this.#hear(association, flags, body)
      case SACK:
        this.#confirmed(association, body.readUInt32BE(0))
        return []
      case HEARTBEAT:
        return [{ type: HEARTBEAT_ACK, flags: 0, body }]
      case FORWARD_TSN:
        advance(association, body.readUInt32BE(0))
        return []
      case RECONFIG:
        return this.#reset(association, body)
      case SHUTDOWN:
        return [{ type: SHUTDOWN_ACK, flags: 0, body: Buffer.alloc(0) }]
      case ABORT:
        this.#forget()
        return []
      default:
        return []
    }
  }

  #hear(association: Association, flags: number, body: Buffer): SctpChunk[] {
    const number = body.readUInt32BE(0)
    if (!isNew(association, number)) return []
    const [stream, protocol] = [body.readUInt16BE(4), body.readUInt32BE(8)]
    const message = body.subarray(DATA_HEADER_BYTES)
    if (protocol !== ESTABLISHMENT || message[0] !== OPEN || (flags & WHOLE) !== WHOLE) return []
    this.#openCount++
    return this.#say(association, stream)
  }

  /** That a channel is open (RFC 8832 §5.2). */
  #say(association: Association, stream: number): SctpChunk[] {
    const { unconfirmed, sequences, next } = association
    if (unconfirmed.size >= UNCONFIRMED_MAX) return []
    const head = Buffer.alloc(DATA_HEADER_BYTES)
    const sequence = sequences.get(stream) ?? 0
    sequences.set(stream, (sequence + 1) & 0xffff)
    head.writeUInt32BE(next, 0)
    head.writeUInt16BE(stream, 4)
    head.writeUInt16BE(sequence, 6)
    head.writeUInt32BE(ESTABLISHMENT, 8)
    association.next = (next + 1) >>> 0
    const chunk = { type: DATA, flags: WHOLE, body: Buffer.concat([head, OPENED]) }
    unconfirmed.set(next, { chunk, tries: 1 })
    this.#again ??= this.#options.clock.every(millis(AGAIN_MS), () => this.#sayAgain())
    return [chunk]
  }

  #sayAgain(): void {
    const association = this.#association
    for (const [number, one] of association?.unconfirmed ?? []) {
      if (one.tries++ >= TRIES_MAX) association!.unconfirmed.delete(number)
      else this.#send(association!, [one.chunk])
    }
    if ((association?.unconfirmed.size ?? 0) === 0) this.#rest()
  }

  #confirmed({ unconfirmed }: Association, cumulative: number): void {
    for (const number of unconfirmed.keys()) if (ahead(cumulative, number) <= 0) unconfirmed.delete(number)
    if (unconfirmed.size === 0) this.#rest()
  }

  /** The peer closes channels: its streams begin anew, and so do ours (RFC 6525 §5.2, RFC 8831 §6.7). */
  #reset(association: Association, body: Buffer): SctpChunk[] {
    const asked = parseParameters(body).get(OUTGOING_RESET)
    if (asked === undefined) return []
    const number = asked.readUInt32BE(0)
    const streams = asked.subarray(12)
    const answer = Buffer.alloc(8)
    answer.writeUInt32BE(number, 0)
    answer.writeUInt32BE(PERFORMED, 4)
    const request = Buffer.alloc(12)
    request.writeUInt32BE(association.request, 0)
    request.writeUInt32BE(number, 4)
    request.writeUInt32BE((association.next - 1) >>> 0, 8)
    association.request = (association.request + 1) >>> 0
    for (let at = 0; at + 2 <= streams.length; at += 2) {
      association.sequences.delete(streams.readUInt16BE(at))
      this.#openCount = Math.max(0, this.#openCount - 1)
    }
    const parameters = [
      formatParameter(RECONFIG_RESPONSE, answer),
      formatParameter(OUTGOING_RESET, Buffer.concat([request, streams])),
    ]
    return [{ type: RECONFIG, flags: 0, body: Buffer.concat(parameters) }]
  }

  #send({ peerTag }: Association, chunks: readonly SctpChunk[]): void {
    const { port, send } = this.#options
    send(formatSctpPacket({ sourcePort: port, destinationPort: port, verificationTag: peerTag, chunks }))
  }

  #forget(): void {
    this.#association = undefined
    this.#openCount = 0
    this.#rest()
  }

  #rest(): void {
    this.#again?.[Symbol.dispose]()
    this.#again = undefined
  }

  [Symbol.dispose](): void {
    this.#forget()
  }
}

/** Takes note of a number; `false` when it came before, or is too far ahead to be remembered. */
const isNew = (association: Association, number: number): boolean => {
  const { beyond } = association
  const distance = ahead(association.cumulative, number)
  if (distance <= 0 || distance > AHEAD_MAX || beyond.has(number)) return false
  beyond.add(number)
  advance(association, association.cumulative)
  return true
}

/** Everything up to there has come, or is given up by the peer (RFC 3758 §3.6). */
const advance = (association: Association, to: number): void => {
  const { beyond } = association
  if (ahead(association.cumulative, to) > 0) association.cumulative = to
  for (const number of beyond) if (ahead(association.cumulative, number) <= 0) beyond.delete(number)
  for (;;) {
    const next = (association.cumulative + 1) >>> 0
    if (!beyond.delete(next)) return
    association.cumulative = next
  }
}

/** What has come (RFC 9260 §3.3.4), with each number beyond a gap as a block of its own. */
const confirmation = ({ cumulative, beyond }: Association): SctpChunk => {
  const gaps = [...beyond].map(number => ahead(cumulative, number)).sort((one, other) => one - other)
  const body = Buffer.alloc(12 + gaps.length * 4)
  body.writeUInt32BE(cumulative, 0)
  body.writeUInt32BE(WINDOW_BYTES, 4)
  body.writeUInt16BE(gaps.length, 8)
  for (const [at, gap] of gaps.entries()) {
    body.writeUInt16BE(gap, 12 + at * 4)
    body.writeUInt16BE(gap, 14 + at * 4)
  }
  return { type: SACK, flags: 0, body }
}
