/** Bytes of a header, ISO/IEC 11172-3 §2.4.1.3. */
export const HEADER_BYTES = 4

/** What the header of an MPEG audio frame says of it. */
export interface MpaFrame {
  readonly layer: 1 | 2 | 3
  /** Hz. */
  readonly sampleRate: number
  readonly channels: 1 | 2
  /** Samples of each channel. */
  readonly samples: number
  /** With its header. */
  readonly sizeBytes: number
}

/** Kilobits a second by index, from 1: of MPEG-1's layers, then of those of MPEG-2 and 2.5. */
const bitRates: readonly (readonly (readonly number[])[])[] = [
  [
    [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  ],
  [
    [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ],
]

/** Hz by index, of MPEG-1. */
const sampleRates: readonly number[] = [44_100, 48_000, 32_000]
/** By what they are divided, by the version's two bits; 1 is none. */
const divisors: readonly (number | undefined)[] = [4, undefined, 2, 1]

/** Reads the header of an MPEG audio frame: layers 1 to 3 of MPEG-1, 2 and 2.5. `undefined` when it is none, or of free format. */
export const readMpaFrame = (bytes: Buffer): MpaFrame | undefined => {
  if (bytes.length < HEADER_BYTES || bytes[0] !== 0xff || (bytes[1]! & 0xe0) !== 0xe0) return undefined
  const divisor = divisors[(bytes[1]! >> 3) & 3]
  const layer = layerOf(bytes[1]!)
  if (divisor === undefined || layer === undefined) return undefined
  const bitRate = bitRates[divisor === 1 ? 0 : 1]![layer - 1]![(bytes[2]! >> 4) - 1]
  const fullRate = sampleRates[(bytes[2]! >> 2) & 3]
  if (bitRate === undefined || fullRate === undefined) return undefined
  const sampleRate = fullRate / divisor
  const samples = layer === 1 ? 384 : layer === 3 && divisor > 1 ? 576 : 1152
  // Layer 1 counts in slots of four bytes, the others in bytes.
  const slotBytes = layer === 1 ? 4 : 1
  const slots = Math.floor((samples * bitRate * 1000) / (8 * slotBytes * sampleRate)) + ((bytes[2]! >> 1) & 1)
  return { layer, sampleRate, channels: bytes[3]! >> 6 === 3 ? 1 : 2, samples, sizeBytes: slots * slotBytes }
}

const layerOf = (second: number): 1 | 2 | 3 | undefined => {
  const bits = (second >> 1) & 3
  return bits === 3 ? 1 : bits === 2 ? 2 : bits === 1 ? 3 : undefined
}

/** Whether two headers are of the same format: version, layer, rate and whether there is one channel or two. */
export const sameMpaFormat = (one: Buffer, other: Buffer): boolean =>
  (one[1]! & 0xfe) === (other[1]! & 0xfe) &&
  (one[2]! & 0x0c) === (other[2]! & 0x0c) &&
  (one[3]! >> 6 === 3) === (other[3]! >> 6 === 3)
