import { MalformedError } from '../../runtime/errors.ts'
import { aacSampleRates, parseAudioSpecificConfig } from './audio-specific-config.ts'

/** The header without its checksum, ISO/IEC 14496-3 §1.A.2.2. */
const HEADER_BYTES = 7
/** The checksum that follows when protection_absent is 0. */
const CHECKSUM_BYTES = 2

/** Whether bytes begin with an ADTS header (ISO/IEC 14496-3 §1.A.2.2). */
export const startsWithAdts = (bytes: Buffer): boolean =>
  bytes.length > HEADER_BYTES && bytes[0] === 0xff && (bytes[1]! & 0xf6) === 0xf0

/** The frames of an ADTS stream without their headers, as views; up to where it stops making sense. */
export const splitAdts = (bytes: Buffer): readonly Buffer[] => {
  const frames: Buffer[] = []
  let rest = bytes
  while (startsWithAdts(rest)) {
    const size = ((rest[3]! & 0x03) << 11) | (rest[4]! << 3) | (rest[5]! >> 5)
    const header = HEADER_BYTES + ((rest[1]! & 0x01) === 0 ? CHECKSUM_BYTES : 0)
    if (size <= header || size > rest.length) break
    frames.push(rest.subarray(header, size))
    rest = rest.subarray(size)
  }
  return frames
}

/** Bytes of a frame with its header: 13 bits. */
const FRAME_BYTES_MAX = 0x1fff
/** Object types that two bits can say, ISO/IEC 14496-3 table 1.17: Main, LC, SSR, LTP. */
const OBJECT_TYPE_MAX = 4
/** Channel configurations that three bits can say. */
const CHANNELS_MAX = 7

/** Writes the header of a frame of so many bytes; `undefined` when it is too long for one. */
export type AdtsHeaderWriter = (frameBytes: number) => Buffer | undefined

/** What writes ADTS headers for an AudioSpecificConfig. Throws `MalformedError` for AAC that ADTS cannot say. */
export const adtsHeaderWriter = (config: Buffer): AdtsHeaderWriter => {
  const { objectType, sampleRate, channels, frameSamples } = parseAudioSpecificConfig(config)
  const rateIndex = aacSampleRates.indexOf(sampleRate)
  const says = objectType >= 1 && objectType <= OBJECT_TYPE_MAX && rateIndex >= 0 && frameSamples === 1024
  if (!says || channels > CHANNELS_MAX) throw new MalformedError('AAC that ADTS cannot say')
  return frameBytes => {
    const size = HEADER_BYTES + frameBytes
    if (size > FRAME_BYTES_MAX) return undefined
    return Buffer.of(
      0xff,
      0xf1, // syncword, ID = MPEG-4, layer, protection_absent
      ((objectType - 1) << 6) | (rateIndex << 2) | (channels >> 2), // profile, sampling_frequency_index, channels
      ((channels & 3) << 6) | (size >> 11), // …, aac_frame_length
      (size >> 3) & 0xff,
      ((size & 7) << 5) | 0x1f, // …, adts_buffer_fullness = 0x7ff: variable rate
      0xfc, // …, one raw data block
    )
  }
}
