import { ChunkQueue } from '../../bytes/chunk-queue.ts'
import type { Codec } from '../../core/codec.ts'
import { aacSampleRates } from './audio-specific-config.ts'
import { formatAacParameters } from './fmtp.ts'

/** The header without its checksum, ISO/IEC 14496-3 §1.A.2.2. */
const HEADER_BYTES = 7
const CHECKSUM_BYTES = 2
/** channelConfiguration 7 is 7.1; 0 is said inside the frames, where nobody looks: mostly stereo. */
const channelCounts = [2, 1, 2, 3, 4, 5, 6, 8] as const

/** Samples of a frame of AAC. */
export const ADTS_FRAME_SAMPLES = 1024

/** What the header of an ADTS frame tells (ISO/IEC 14496-3 §1.A.2.2). */
export interface AdtsHeader {
  readonly headerBytes: number
  /** Of the frame with its header. */
  readonly sizeBytes: number
  /** The two bytes of AudioSpecificConfig that say the same. */
  readonly configuration: number
}

/** Reads the header that bytes begin with, at least 7. `undefined` when there is none, or of a kind nobody sends. */
export const readAdtsHeader = (bytes: Buffer): AdtsHeader | undefined => {
  if (bytes.length < HEADER_BYTES || bytes[0] !== 0xff || (bytes[1]! & 0xf6) !== 0xf0) return undefined
  const headerBytes = HEADER_BYTES + ((bytes[1]! & 0x01) === 0 ? CHECKSUM_BYTES : 0)
  const sizeBytes = ((bytes[3]! & 0x03) << 11) | (bytes[4]! << 3) | (bytes[5]! >> 5)
  const rateIndex = (bytes[2]! >> 2) & 0x0f
  // More than one frame behind one header: nobody sends them.
  const severalFrames = (bytes[6]! & 0x03) !== 0
  if (sizeBytes <= headerBytes || rateIndex >= aacSampleRates.length || severalFrames) return undefined
  const objectType = (bytes[2]! >> 6) + 1
  const channels = ((bytes[2]! & 0x01) << 2) | (bytes[3]! >> 6)
  return { headerBytes, sizeBytes, configuration: (objectType << 11) | (rateIndex << 7) | (channels << 3) }
}

/** AAC as the configuration of an ADTS header describes it. */
export const adtsCodec = (configuration: Buffer): Codec => {
  const bits = configuration.readUInt16BE(0)
  return {
    kind: 'audio',
    name: 'MPEG4-GENERIC',
    clockRate: aacSampleRates[(bits >> 7) & 0x0f] ?? 48_000,
    channels: channelCounts[(bits >> 3) & 0x07]!,
    formatParameters: formatAacParameters([configuration]),
  }
}

/** Takes the frames out of an ADTS stream that comes in pieces of any size. What is between frames is passed over. */
export class AdtsReader {
  readonly #waiting = new ChunkQueue()
  readonly #emit: (frame: Buffer) => void
  #configuration: readonly Buffer[] = []

  /** `emit` gets each frame without its header. */
  constructor(emit: (frame: Buffer) => void) {
    this.#emit = emit
  }

  /** The AudioSpecificConfig of the newest frame; empty before the first. The same array until it changes. */
  get configuration(): readonly Buffer[] {
    return this.#configuration
  }

  /** Whether a frame waits for its end. */
  get waiting(): boolean {
    return this.#waiting.length > 0
  }

  push(bytes: Buffer): void {
    this.#waiting.push(bytes)
    for (let head = this.#waiting.peek(HEADER_BYTES); head !== undefined; head = this.#waiting.peek(HEADER_BYTES)) {
      const header = readAdtsHeader(head)
      if (header === undefined) {
        this.#waiting.skip(1)
        continue
      }
      const frame = this.#waiting.take(header.sizeBytes)
      if (frame === undefined) return
      this.#remember(header.configuration)
      this.#emit(frame.subarray(header.headerBytes))
    }
  }

  /** Bytes are missing here. */
  reset(): void {
    this.#waiting.clear()
  }

  #remember(configuration: number): void {
    if (this.#configuration[0]?.readUInt16BE(0) === configuration) return
    this.#configuration = [Buffer.of(configuration >> 8, configuration & 0xff)]
  }
}
