import { MalformedError } from '../../runtime/errors.ts'
import { aacSampleRates, parseAudioSpecificConfig } from './audio-specific-config.ts'

/** The header without its checksum, ISO/IEC 14496-3 §1.A.2.2. */
const HEADER_BYTES = 7
/** aac_frame_length has 13 bits. */
const FRAME_BYTES_MAX = 0x1fff - HEADER_BYTES
/** profile_ObjectType has two bits: Main, LC, SSR and LTP. */
const OBJECT_TYPE_MAX = 4

/**
 * Writes the headers of AAC frames with this AudioSpecificConfig. Throws `MalformedError` where ADTS has no words for it.
 * `channels` counts where the configuration leaves them to the frames.
 */
export const adtsHeaders = (configuration: Buffer, channels: number): ((frameBytes: number) => Buffer | undefined) => {
  const config = parseAudioSpecificConfig(configuration)
  const rateIndex = aacSampleRates.indexOf(config.sampleRate)
  if (rateIndex < 0) throw new MalformedError(`AAC of ${config.sampleRate} Hz does not go into ADTS`)
  if (config.objectType > OBJECT_TYPE_MAX)
    throw new MalformedError(`AAC of object type ${config.objectType} does not go into ADTS`)
  const layout = config.channels || (channels === 8 ? 7 : channels || 2)
  const template = Buffer.of(
    0xff, // syncword
    0xf1, // syncword, ID = MPEG-4, layer, protection_absent
    ((config.objectType - 1) << 6) | (rateIndex << 2) | ((layout >> 2) & 1),
    (layout & 3) << 6,
    0,
    0x1f, // adts_buffer_fullness: variable rate
    0xfc, // the same, and one frame behind this header
  )
  return frameBytes => (frameBytes > FRAME_BYTES_MAX ? undefined : withLength(template, frameBytes + HEADER_BYTES))
}

const withLength = (template: Buffer, sizeBytes: number): Buffer => {
  const header = Buffer.from(template)
  header[3]! |= sizeBytes >> 11
  header[4] = (sizeBytes >> 3) & 0xff
  header[5]! |= (sizeBytes & 7) << 5
  return header
}
