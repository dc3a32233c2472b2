import { BitReader } from '../../bytes/bit-reader.ts'
import { MalformedError } from '../../runtime/errors.ts'

/** Sampling rates (Hz) by index, ISO/IEC 14496-3 table 1.18. */
export const aacSampleRates: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
]

/** Object types, ISO/IEC 14496-3 table 1.17. */
const AAC_LC = 2
const SBR = 5
const PS = 29
const ELD = 39

/** What a decoder needs to know before the first AAC frame (ISO/IEC 14496-3 §1.6.2.1). */
export interface AudioSpecificConfig {
  /** Of the core: 2 is AAC-LC. */
  readonly objectType: number
  /** Hz, of the core. */
  readonly sampleRate: number
  /** channelConfiguration: 1 mono, 2 stereo, 7 is 7.1; 0 is said elsewhere. */
  readonly channels: number
  /** Samples of a frame of the core: 1024, or 960; of ELD half of it. */
  readonly frameSamples: number
  /** Hz after spectral band replication, where that is announced. */
  readonly extendedSampleRate?: number
}

/** Reads an AudioSpecificConfig. Throws `MalformedError`. */
export const parseAudioSpecificConfig = (bytes: Buffer): AudioSpecificConfig => {
  const bits = new BitReader(bytes)
  const announced = readObjectType(bits)
  const sampleRate = readSampleRate(bits)
  const channels = bits.bits(4)
  const extended = announced === SBR || announced === PS ? readSampleRate(bits) : undefined
  const objectType = extended === undefined ? announced : readObjectType(bits)
  // GASpecificConfig and ELDSpecificConfig begin with frameLengthFlag; a config cut short means 1024.
  const longFrame = bits.remaining > 0 && bits.flag() ? 960 : 1024
  const frameSamples = objectType === ELD ? longFrame / 2 : longFrame
  const config = { objectType, sampleRate, channels, frameSamples }
  return extended === undefined ? config : { ...config, extendedSampleRate: extended }
}

/** The AudioSpecificConfig of AAC-LC with this rate (Hz) and number of channels. */
export const formatAudioSpecificConfig = (sampleRate: number, channels: number): Buffer => {
  const index = aacSampleRates.indexOf(sampleRate)
  const layout = channels === 8 ? 7 : channels
  if (index >= 0) return Buffer.of((AAC_LC << 3) | (index >> 1), ((index & 1) << 7) | (layout << 3))
  const bytes = Buffer.alloc(5)
  // 5 bits object type, 4 bits index 15, 24 bits rate, 4 bits channels, 3 bits GASpecificConfig.
  bytes.writeUIntBE((AAC_LC * 16 + 15) * 2 ** 7 + (sampleRate >> 17), 0, 2)
  bytes.writeUIntBE((sampleRate % 2 ** 17) * 2 ** 7 + layout * 8, 2, 3)
  return bytes
}

/** The AudioSpecificConfig of AAC-ELD without band replication (ISO/IEC 14496-3 §4.6.20), as above. */
export const formatEldConfig = (sampleRate: number, channels: number): Buffer => {
  const index = aacSampleRates.indexOf(sampleRate)
  const bits = [
    ...[(31).toString(2), bitsOf(ELD - 32, 6)], // audioObjectType, escaped
    index >= 0 ? bitsOf(index, 4) : bitsOf(15, 4) + bitsOf(sampleRate, 24),
    bitsOf(channels === 8 ? 7 : channels, 4),
    bitsOf(0, 5), // frameLengthFlag, three resilience flags, ldSbrPresentFlag
    bitsOf(0, 4), // ELDEXT_TERM
  ].join('')
  return Buffer.from(
    bits
      .padEnd(Math.ceil(bits.length / 8) * 8, '0')
      .match(/.{8}/g)!
      .map(byte => Number.parseInt(byte, 2)),
  )
}

const bitsOf = (value: number, count: number): string => value.toString(2).padStart(count, '0')

const readObjectType = (bits: BitReader): number => {
  const type = bits.bits(5)
  return type === 31 ? 32 + bits.bits(6) : type
}

const readSampleRate = (bits: BitReader): number => {
  const index = bits.bits(4)
  const rate = index === 15 ? bits.bits(24) : aacSampleRates[index]
  if (rate === undefined || rate === 0) throw new MalformedError(`AAC sampling rate of index ${index}`)
  return rate
}
