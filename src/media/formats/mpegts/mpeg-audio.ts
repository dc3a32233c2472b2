/** Kbit/s by layer and index (ISO/IEC 11172-3 §2.4.2.3), for MPEG-1 and for the lower sampling rates. */
const bitRates: Readonly<Record<string, readonly number[]>> = {
  '1/1': [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1/2': [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1/3': [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2/1': [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2/2': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2/3': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}
const sampleRates = [44_100, 48_000, 32_000] as const

/** Bytes of a frame's header. */
export const MPEG_AUDIO_HEADER_BYTES = 4

/** What the header of an MPEG audio frame tells (ISO/IEC 11172-3 §2.4.1.3, 13818-3). */
export interface MpegAudioHeader {
  readonly sizeBytes: number
  readonly samples: number
  /** Hz. */
  readonly sampleRate: number
}

/** Reads the header that bytes begin with, at least 4. `undefined` when there is none, or the frame does not say its size. */
export const readMpegAudioHeader = (bytes: Buffer): MpegAudioHeader | undefined => {
  if (bytes.length < MPEG_AUDIO_HEADER_BYTES || bytes[0] !== 0xff || (bytes[1]! & 0xe0) !== 0xe0) return undefined
  const version = (bytes[1]! >> 3) & 3 // 3 MPEG-1, 2 MPEG-2, 0 MPEG-2.5
  const layer = 4 - ((bytes[1]! >> 1) & 3)
  const bitRate = bitRates[`${version === 3 ? 1 : 2}/${layer}`]?.[bytes[2]! >> 4]
  const baseRate = sampleRates[(bytes[2]! >> 2) & 3]
  if (version === 1 || layer === 4 || !bitRate || baseRate === undefined) return undefined
  const sampleRate = version === 3 ? baseRate : version === 2 ? baseRate / 2 : baseRate / 4
  const padding = (bytes[2]! >> 1) & 1
  if (layer === 1) {
    const slots = Math.floor((12_000 * bitRate) / sampleRate) + padding
    return { sizeBytes: slots * 4, samples: 384, sampleRate }
  }
  const samples = layer === 3 && version !== 3 ? 576 : 1152
  return { sizeBytes: Math.floor((samples * 125 * bitRate) / sampleRate) + padding, samples, sampleRate }
}
