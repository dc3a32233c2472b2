import { ChunkQueue } from '../../bytes/chunk-queue.ts'
import type { Codec } from '../../core/codec.ts'
import { LimitError, MalformedError } from '../../runtime/errors.ts'
import { ticks } from '../../runtime/units.ts'
import type { Demuxer, DemuxerSink } from '../demuxer.ts'

/** `RIFF`, a size, `WAVE`. */
const RIFF_BYTES = 12
/** A chunk's name and size. */
const CHUNK_HEAD_BYTES = 8
/** Bytes before the sound: a description, and what programs tell of themselves. */
const HEADER_BYTES_MAX = 1024 * 1024
/** Milliseconds of sound in a unit: go2rtc's. */
const UNIT_MS = 40
/** What is written where the size is not known: by pipes. */
const ENDLESS_BYTES_MIN = 0xffff_0000

const none: readonly Buffer[] = []

/** What the description of a WAV file says. */
interface WavFormat {
  readonly codec: Codec
  /** Of one sample of all channels. */
  readonly blockBytes: number
}

/** Reads sound in a WAV file or stream: linear PCM of 16 bits, and G.711. Its times are its samples. */
export class WavDemuxer implements Demuxer {
  readonly formatName = 'wav'
  readonly #into: DemuxerSink
  readonly #waiting = new ChunkQueue()
  #headerBytes = 0
  #skip = 0
  #begun = false
  #told = false
  #format: WavFormat | undefined
  /** Bytes of sound that are left; `undefined` before the sound begins. */
  #left: number | undefined
  #samples = 0

  constructor(into: DemuxerSink) {
    this.#into = into
  }

  push(chunk: Buffer): void {
    this.#waiting.push(chunk)
    while (this.#left === undefined && this.#readHeader()) {}
    if (this.#left !== undefined) this.#play(this.#unitBytes())
  }

  settle(): void {
    if (!this.#told) this.#into.tracks([])
    this.#told = true
  }

  end(): void {
    const { blockBytes } = this.#format ?? { blockBytes: 1 }
    const rest = Math.min(this.#left ?? 0, this.#waiting.length)
    const whole = rest - (rest % blockBytes)
    if (whole > 0) this.#play(whole)
    this.settle()
  }

  /** Whether there was a whole chunk, or part of one to be passed over. */
  #readHeader(): boolean {
    if (!this.#begun) return this.#readRiff()
    if (this.#skip > 0) {
      const count = Math.min(this.#skip, this.#waiting.length)
      this.#waiting.skip(count)
      this.#skip -= count
      return this.#skip === 0
    }
    const head = this.#waiting.peek(CHUNK_HEAD_BYTES)
    if (head === undefined) return false
    const name = head.toString('latin1', 0, 4)
    const size = head.readUInt32LE(4)
    if (name === 'data') return this.#begin(size)
    this.#headerBytes += CHUNK_HEAD_BYTES + size
    if (this.#headerBytes > HEADER_BYTES_MAX) throw new LimitError('bytes before the sound of a WAV', HEADER_BYTES_MAX)
    // Chunks begin at even places.
    const whole = CHUNK_HEAD_BYTES + size + (size % 2)
    if (name !== 'fmt ') {
      this.#skip = whole
      return true
    }
    const chunk = this.#waiting.take(whole)
    if (chunk !== undefined) this.#format = readFormat(chunk.subarray(CHUNK_HEAD_BYTES))
    return chunk !== undefined
  }

  #readRiff(): boolean {
    const riff = this.#waiting.take(RIFF_BYTES)
    if (riff === undefined) return false
    if (riff.toString('latin1', 8) !== 'WAVE') throw new MalformedError('RIFF without WAVE', 8)
    this.#begun = true
    return true
  }

  #begin(size: number): boolean {
    if (this.#format === undefined) throw new MalformedError('WAV without a description')
    this.#waiting.skip(CHUNK_HEAD_BYTES)
    this.#left = size === 0 || size >= ENDLESS_BYTES_MIN ? Number.POSITIVE_INFINITY : size
    this.#told = true
    this.#into.tracks([this.#format.codec])
    return false
  }

  #unitBytes(): number {
    const { codec, blockBytes } = this.#format!
    return Math.max(1, Math.floor((codec.clockRate * UNIT_MS) / 1000)) * blockBytes
  }

  /** Gives as many units of this size as there are. */
  #play(sizeBytes: number): void {
    while (this.#left! >= sizeBytes) {
      const part = this.#waiting.take(sizeBytes)
      if (part === undefined) return
      this.#left! -= sizeBytes
      const decodingTime = ticks(this.#samples)
      this.#samples += sizeBytes / this.#format!.blockBytes
      this.#into.unit({
        track: 0,
        keyframe: true,
        decodingTime,
        compositionOffset: 0,
        framing: 'frame',
        parts: [part],
        configuration: none,
      })
    }
  }
}

/** wFormatTag, and bits of a sample. */
const formats: Readonly<Record<number, readonly [name: string, bits: number]>> = {
  1: ['PCML', 16],
  6: ['PCMA', 8],
  7: ['PCMU', 8],
}
const EXTENSIBLE = 0xfffe
/** More than any sound card has. */
const CHANNELS_MAX = 32
const SAMPLE_RATE_MAX = 768_000

const readFormat = (chunk: Buffer): WavFormat => {
  if (chunk.length < 16) throw new MalformedError('WAV description cut short', chunk.length)
  const tag = chunk.readUInt16LE(0)
  const [channels, clockRate, bits] = [chunk.readUInt16LE(2), chunk.readUInt32LE(4), chunk.readUInt16LE(14)]
  // The extensible form has the tag at the beginning of a GUID.
  const format = formats[tag === EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag]
  if (format === undefined || format[1] !== bits) throw new MalformedError(`WAV of format ${tag} with ${bits} bits`)
  if (channels < 1 || channels > CHANNELS_MAX || clockRate < 1 || clockRate > SAMPLE_RATE_MAX)
    throw new MalformedError(`WAV of ${channels} channels at ${clockRate} Hz`)
  const codec: Codec = { kind: 'audio', name: format[0], clockRate, channels, formatParameters: '' }
  return { codec, blockBytes: (channels * bits) / 8 }
}
