import { LimitError, MalformedError } from '../runtime/errors.ts'
import type { NtpTime } from './ntp-time.ts'

/** Bytes of a compound packet: real ones have one to two hundred. */
const COMPOUND_BYTES_MAX = 8192
/** Sequence numbers one NACK may ask for: who misses more needs a keyframe. */
const NACK_SEQUENCES_MAX = 1024
/** What five bits can count: reports, sources. */
const COUNT_MAX = 31
/** Bytes a canonical name or a reason may have: one byte says how many. */
const TEXT_BYTES_MAX = 255
const HEADER_BYTES = 4
const REPORT_BYTES = 24

/** What one receiver says of one sender's packets (RFC 3550 §6.4.1). */
export interface ReportBlock {
  /** Whose packets. */
  readonly ssrc: number
  /** Of 256 packets expected since the last report, how many did not come. */
  readonly fractionLost: number
  /** Since the beginning; negative where duplicates came. 24 bits. */
  readonly lostCount: number
  /** With the number of times it wrapped in its upper half. */
  readonly highestSequence: number
  /** Of arrival times, in ticks. */
  readonly jitter: number
  /** `middleOf` the last sender report's time; 0 when there was none. */
  readonly lastSenderReport: number
  /** How long ago that came, in 65 536ths of a second. */
  readonly delaySinceLastSenderReport: number
}

/** What a sender says of its own packets and of those it gets (RFC 3550 §6.4.1). */
export interface SenderReport {
  readonly type: 'SR'
  readonly ssrc: number
  /** Wall time of `rtpTimestamp`, by the sender's clock. */
  readonly ntpTime: NtpTime
  readonly rtpTimestamp: number
  readonly packetCount: number
  readonly octetCount: number
  readonly reports: readonly ReportBlock[]
}

/** What somebody says who sends nothing (RFC 3550 §6.4.2). */
export interface ReceiverReport {
  readonly type: 'RR'
  readonly ssrc: number
  readonly reports: readonly ReportBlock[]
}

/** Who is who (RFC 3550 §6.5); only the canonical names are kept. */
export interface SourceDescription {
  readonly type: 'SDES'
  readonly sources: readonly { readonly ssrc: number; readonly canonicalName: string }[]
}

/** Somebody leaves (RFC 3550 §6.6). */
export interface Goodbye {
  readonly type: 'BYE'
  readonly ssrcs: readonly number[]
  readonly reason: string
}

/** Packets that are missing and wanted again (RFC 4585 §6.2.1). */
export interface Nack {
  readonly type: 'NACK'
  readonly ssrc: number
  readonly mediaSsrc: number
  readonly sequenceNumbers: readonly number[]
}

/** A keyframe is wanted, because a picture was lost (RFC 4585 §6.3.1). */
export interface PictureLossIndication {
  readonly type: 'PLI'
  readonly ssrc: number
  readonly mediaSsrc: number
}

/** A keyframe is wanted, by command: a repeated number is the same command (RFC 5104 §4.3.1). */
export interface FullIntraRequest {
  readonly type: 'FIR'
  readonly ssrc: number
  readonly commands: readonly { readonly mediaSsrc: number; readonly number: number }[]
}

/** What a receiver thinks it can be sent (draft-alvestrand-rmcat-remb §2.2). */
export interface ReceiverEstimate {
  readonly type: 'REMB'
  readonly ssrc: number
  /** Bits a second, for all of the RTP streams together; about one in 130 000 exact. */
  readonly bitrate: number
  readonly mediaSsrcs: readonly number[]
}

/** One packet of a compound one. */
export type RtcpPacket =
  | SenderReport
  | ReceiverReport
  | SourceDescription
  | Goodbye
  | Nack
  | PictureLossIndication
  | FullIntraRequest
  | ReceiverEstimate

/** Packet types and, for feedback, formats: RFC 3550 §12.1, RFC 4585 §6.1 and §6.4, RFC 5104 §4.2. */
const SR = 200
const RR = 201
const SDES = 202
const BYE = 203
const TRANSPORT_FEEDBACK = 205
const PAYLOAD_FEEDBACK = 206
const GENERIC_NACK = 1
const PICTURE_LOSS = 1
const FULL_INTRA = 4
const APPLICATION_LAYER = 15
/** `REMB`. */
const ESTIMATE = 0x52454d42
const MANTISSA_MAX = 0x3ffff
const CANONICAL_NAME = 1

/**
 * Whether what came on a port or channel that RTP and RTCP share is RTCP, by its second byte: its packet
 * type stands where RTP has payload types 64 to 95 with the marker (RFC 5761 §4).
 */
export const isRtcp = (secondByte: number): boolean => secondByte >= 192 && secondByte <= 223

/**
 * Reads a compound packet (RFC 3550 §6.1). Types that mean nothing here, such as APP, are passed
 * over. Throws `MalformedError` and `LimitError`.
 */
export const parseRtcp = (bytes: Buffer): readonly RtcpPacket[] => {
  if (bytes.length > COMPOUND_BYTES_MAX) throw new LimitError('bytes of an RTCP packet', COMPOUND_BYTES_MAX)
  if (bytes.length === 0) throw new MalformedError('an empty RTCP packet')
  const packets: RtcpPacket[] = []
  for (let at = 0; at < bytes.length; ) {
    if (at + HEADER_BYTES > bytes.length) throw new MalformedError('RTCP header beyond the packet', at)
    const first = bytes[at]!
    if (first >> 6 !== 2) throw new MalformedError(`RTCP version ${first >> 6}`, at)
    const next = at + HEADER_BYTES + bytes.readUInt16BE(at + 2) * 4
    if (next > bytes.length) throw new MalformedError('RTCP packet longer than what came', at)
    const body = new BodyReader(bytes.subarray(at + HEADER_BYTES, next - paddingOf(bytes, at, next)), at + HEADER_BYTES)
    const packet = parseBody(bytes[at + 1]!, first & 0x1f, body)
    if (packet !== undefined) packets.push(packet)
    at = next
  }
  return packets
}

/** Padding may end the last packet of a compound one only. */
const paddingOf = (bytes: Buffer, at: number, next: number): number => {
  if ((bytes[at]! & 0x20) === 0) return 0
  const padding = next > at + HEADER_BYTES ? bytes[next - 1]! : 0
  if (next !== bytes.length || padding === 0 || padding % 4 !== 0 || padding > next - at - HEADER_BYTES)
    throw new MalformedError('RTCP padding that does not fit', at)
  return padding
}

/** Big-endian numbers, one after another. Throws `MalformedError` beyond the end. */
class BodyReader {
  readonly #bytes: Buffer
  readonly #offset: number
  #at = 0

  constructor(bytes: Buffer, offset: number) {
    this.#bytes = bytes
    this.#offset = offset
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** Unsigned, of one to four bytes. */
  number(byteCount: number): number {
    return this.#take(byteCount).readUIntBE(0, byteCount)
  }

  signed24(): number {
    return this.#take(3).readIntBE(0, 3)
  }

  text(): string {
    return this.#take(this.number(1)).toString('utf8')
  }

  /** Goes on at the next multiple of four. */
  align(): void {
    this.#take(-this.#at & 3)
  }

  #take(byteCount: number): Buffer {
    const at = this.#at
    if (at + byteCount > this.#bytes.length) throw new MalformedError('RTCP packet too short', this.#offset + at)
    this.#at += byteCount
    return this.#bytes.subarray(at, this.#at)
  }
}

const parseBody = (packetType: number, count: number, body: BodyReader): RtcpPacket | undefined => {
  switch (packetType) {
    case SR:
      return {
        type: 'SR',
        ssrc: body.number(4),
        ntpTime: { seconds: body.number(4), fraction: body.number(4) },
        rtpTimestamp: body.number(4),
        packetCount: body.number(4),
        octetCount: body.number(4),
        reports: parseReports(body, count),
      }
    case RR:
      return { type: 'RR', ssrc: body.number(4), reports: parseReports(body, count) }
    case SDES:
      return { type: 'SDES', sources: Array.from({ length: count }, () => parseSource(body)) }
    case BYE:
      return {
        type: 'BYE',
        ssrcs: Array.from({ length: count }, () => body.number(4)),
        reason: body.left > 0 ? body.text() : '',
      }
    case TRANSPORT_FEEDBACK:
      return count === GENERIC_NACK ? parseNack(body) : undefined
    case PAYLOAD_FEEDBACK:
      return parsePayloadFeedback(count, body)
    default:
      return undefined
  }
}

const parseReports = (body: BodyReader, count: number): readonly ReportBlock[] =>
  Array.from({ length: count }, () => ({
    ssrc: body.number(4),
    fractionLost: body.number(1),
    lostCount: body.signed24(),
    highestSequence: body.number(4),
    jitter: body.number(4),
    lastSenderReport: body.number(4),
    delaySinceLastSenderReport: body.number(4),
  }))

const parseSource = (body: BodyReader): { readonly ssrc: number; readonly canonicalName: string } => {
  const ssrc = body.number(4)
  let canonicalName = ''
  for (let item = body.number(1); item !== 0; item = body.number(1)) {
    const text = body.text()
    if (item === CANONICAL_NAME) canonicalName = text
  }
  body.align()
  return { ssrc, canonicalName }
}

const parseNack = (body: BodyReader): Nack => {
  const [ssrc, mediaSsrc] = [body.number(4), body.number(4)]
  const sequenceNumbers: number[] = []
  while (body.left > 0) {
    const first = body.number(2)
    sequenceNumbers.push(first)
    for (let mask = body.number(2), next = first + 1; mask !== 0; mask >>= 1, next++)
      if ((mask & 1) !== 0) sequenceNumbers.push(next & 0xffff)
    if (sequenceNumbers.length > NACK_SEQUENCES_MAX)
      throw new LimitError('sequence numbers of a NACK', NACK_SEQUENCES_MAX)
  }
  return { type: 'NACK', ssrc, mediaSsrc, sequenceNumbers }
}

const parsePayloadFeedback = (format: number, body: BodyReader): RtcpPacket | undefined => {
  if (format === APPLICATION_LAYER) return parseEstimate(body)
  if (format !== PICTURE_LOSS && format !== FULL_INTRA) return undefined
  const [ssrc, mediaSsrc] = [body.number(4), body.number(4)]
  if (format === PICTURE_LOSS) return { type: 'PLI', ssrc, mediaSsrc }
  const commands: FullIntraRequest['commands'][number][] = []
  while (body.left > 0) {
    commands.push({ mediaSsrc: body.number(4), number: body.number(1) })
    body.number(3)
  }
  return { type: 'FIR', ssrc, commands }
}

/** Other messages of applications mean nothing here. */
const parseEstimate = (body: BodyReader): ReceiverEstimate | undefined => {
  const [ssrc] = [body.number(4), body.number(4)]
  if (body.left < 8 || body.number(4) !== ESTIMATE) return undefined
  const count = body.number(1)
  const rate = body.number(3)
  const bitrate = (rate & MANTISSA_MAX) * 2 ** (rate >>> 18)
  return { type: 'REMB', ssrc, bitrate, mediaSsrcs: Array.from({ length: count }, () => body.number(4)) }
}

/** Writes packets one after another as a compound one. More than 31 reports, sources or names of more than 255 bytes are cut. */
export const formatRtcp = (packets: readonly RtcpPacket[]): Buffer => Buffer.concat(packets.map(formatPacket))

const formatPacket = (packet: RtcpPacket): Buffer => {
  switch (packet.type) {
    case 'SR':
      return withHeader(SR, packet.reports.length, [
        ...words(packet.ssrc, packet.ntpTime.seconds, packet.ntpTime.fraction),
        ...words(packet.rtpTimestamp, packet.packetCount, packet.octetCount),
        ...packet.reports.slice(0, COUNT_MAX).map(formatReport),
      ])
    case 'RR':
      return withHeader(RR, packet.reports.length, [
        ...words(packet.ssrc),
        ...packet.reports.slice(0, COUNT_MAX).map(formatReport),
      ])
    case 'SDES':
      return withHeader(SDES, packet.sources.length, packet.sources.slice(0, COUNT_MAX).map(formatSource))
    case 'BYE':
      return withHeader(BYE, packet.ssrcs.length, [
        ...words(...packet.ssrcs.slice(0, COUNT_MAX)),
        ...(packet.reason === '' ? [] : [aligned(lengthAndText(packet.reason), 0)]),
      ])
    case 'NACK':
      return withHeader(TRANSPORT_FEEDBACK, GENERIC_NACK, [
        ...words(packet.ssrc, packet.mediaSsrc),
        ...words(...nackWords(packet.sequenceNumbers)),
      ])
    case 'PLI':
      return withHeader(PAYLOAD_FEEDBACK, PICTURE_LOSS, words(packet.ssrc, packet.mediaSsrc))
    case 'FIR': {
      const commands = packet.commands.flatMap(({ mediaSsrc, number }) => [mediaSsrc, number * 2 ** 24])
      return withHeader(PAYLOAD_FEEDBACK, FULL_INTRA, words(packet.ssrc, 0, ...commands))
    }
    case 'REMB':
      return withHeader(PAYLOAD_FEEDBACK, APPLICATION_LAYER, words(packet.ssrc, 0, ESTIMATE, ...estimateWords(packet)))
  }
}

const estimateWords = ({ bitrate, mediaSsrcs }: ReceiverEstimate): readonly number[] => {
  const exponent = Math.max(0, Math.ceil(Math.log2(Math.max(1, bitrate) / MANTISSA_MAX)))
  const mantissa = Math.min(MANTISSA_MAX, Math.floor(bitrate / 2 ** exponent))
  return [mediaSsrcs.length * 2 ** 24 + exponent * 2 ** 18 + mantissa, ...mediaSsrcs]
}

const withHeader = (packetType: number, count: number, parts: readonly Buffer[]): Buffer => {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const header = Buffer.from([0x80 | Math.min(count, COUNT_MAX), packetType, 0, 0])
  header.writeUInt16BE(size / 4, 2)
  return Buffer.concat([header, ...parts])
}

const words = (...values: readonly number[]): Buffer[] => {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4)
  return [bytes]
}

const formatReport = (report: ReportBlock): Buffer => {
  const bytes = Buffer.alloc(REPORT_BYTES)
  bytes.writeUInt32BE(report.ssrc, 0)
  bytes[4] = report.fractionLost
  bytes.writeIntBE(Math.max(-0x80_0000, Math.min(0x7f_ffff, report.lostCount)), 5, 3)
  bytes.writeUInt32BE(report.highestSequence, 8)
  bytes.writeUInt32BE(report.jitter, 12)
  bytes.writeUInt32BE(report.lastSenderReport, 16)
  bytes.writeUInt32BE(report.delaySinceLastSenderReport, 20)
  return bytes
}

/** One item, and at least one zero that ends the list (RFC 3550 §6.5). */
const formatSource = ({ ssrc, canonicalName }: SourceDescription['sources'][number]): Buffer => {
  const name = canonicalName === '' ? [] : [Buffer.from([CANONICAL_NAME]), lengthAndText(canonicalName)]
  return aligned(Buffer.concat([...words(ssrc), ...name]), 1)
}

const lengthAndText = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf8').subarray(0, TEXT_BYTES_MAX)
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

const aligned = (bytes: Buffer, zerosMin: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(zerosMin + (-(bytes.length + zerosMin) & 3))])

/** Each word: a number, and a bit for each of the 16 after it. */
const nackWords = (sequenceNumbers: readonly number[]): readonly number[] => {
  const found: number[] = []
  let first = -1
  let mask = 0
  for (const sequence of sequenceNumbers) {
    const bit = (sequence - first - 1) & 0xffff
    if (first >= 0 && bit < 16) mask |= 1 << bit
    else {
      if (first >= 0) found.push(first * 2 ** 16 + mask)
      first = sequence
      mask = 0
    }
  }
  return first < 0 ? found : [...found, first * 2 ** 16 + mask]
}
