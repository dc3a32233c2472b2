/** Sync code, and a stream whose blocks differ in size (RFC 9639 §9.1). */
const SYNC_VARIABLE = 0xfff9
/** Block size in 16 bits at the header's end (§9.1.1). */
const BLOCK_SIZE_16 = 0x70
/** Codes of rates in Hz; others stand in 16 bits at the header's end, or in STREAMINFO alone (§9.1.2). */
const rateCodes: Readonly<Record<number, number>> = {
  ...{ 88200: 1, 176400: 2, 192000: 3, 8000: 4, 16000: 5, 22050: 6, 24000: 7 },
  ...{ 32000: 8, 44100: 9, 48000: 10, 96000: 11 },
}
const RATE_16 = 13
const RATE_KNOWN = 0
/** 16 bits a sample (§9.1.4). */
const SAMPLE_16_BITS = 0x08
/** A subframe of samples as they are (§9.2.1). */
const SUBFRAME_VERBATIM = 0x02
/** Sync, codes, the longest number, block size, rate, checksum. */
const HEADER_BYTES_MAX = 4 + 7 + 2 + 2 + 1

/** Where a frame stands, and what is in it. */
export interface FlacFrame {
  /** Of its first sample, from the beginning of the stream. */
  readonly sampleNumber: number
  /** 16-bit samples, high byte first, channels in turn. */
  readonly samples: Buffer
  readonly channels: 1 | 2
  /** Hz. Said in each frame: GStreamer finds none that leave it to STREAMINFO. */
  readonly sampleRate: number
}

/** One frame of FLAC (RFC 9639 §9), its samples verbatim: lossless, without the work of a predictor. */
export const formatFlacFrame = ({ sampleNumber, samples, channels, sampleRate }: FlacFrame): Buffer => {
  const blockSamples = samples.length / (2 * channels)
  const frame = Buffer.allocUnsafeSlow(HEADER_BYTES_MAX + channels + samples.length + 2)
  let at = frame.writeUInt16BE(SYNC_VARIABLE, 0)
  const rateCode = rateCodes[sampleRate] ?? (sampleRate > 0xffff ? RATE_KNOWN : RATE_16)
  frame[at++] = BLOCK_SIZE_16 | rateCode
  frame[at++] = ((channels - 1) << 4) | SAMPLE_16_BITS
  at = writeCodedNumber(frame, at, sampleNumber)
  at = frame.writeUInt16BE(blockSamples - 1, at)
  if (rateCode === RATE_16) at = frame.writeUInt16BE(sampleRate, at)
  frame[at] = crc8(frame, at)
  at++
  for (let channel = 0; channel < channels; channel++) {
    frame[at++] = SUBFRAME_VERBATIM
    for (let block = 0; block < blockSamples; block++) {
      const from = (block * channels + channel) * 2
      frame[at++] = samples[from]!
      frame[at++] = samples[from + 1]!
    }
  }
  at = frame.writeUInt16BE(crc16(frame, at), at)
  return frame.subarray(0, at)
}

/** A number of up to 36 bits as UTF-8 would have it (§9.1.5). Larger ones begin anew. */
const writeCodedNumber = (into: Buffer, start: number, value: number): number => {
  let rest = value % 2 ** 36
  if (rest < 0x80) return into.writeUInt8(rest, start)
  // A first byte that tells of n − 1 more has 7 − n bits of its own; each further one has 6.
  let length = 2
  while (rest >= 2 ** (7 - length + 6 * (length - 1))) length++
  for (let index = length - 1; index > 0; index--) {
    into[start + index] = 0x80 | (rest % 64)
    rest = Math.floor(rest / 64)
  }
  into[start] = (0xff << (8 - length)) | rest
  return start + length
}

/** x⁸ + x² + x + 1 (§9.1.8), by the byte. */
const crc8Table = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? 0x07 : 0)) & 0xff
  return crc
})

const crc8 = (bytes: Buffer, end: number): number => {
  let crc = 0
  for (let at = 0; at < end; at++) crc = crc8Table[crc ^ bytes[at]!]!
  return crc
}

/** x¹⁶ + x¹⁵ + x² + 1 (§9.3), by the byte. */
const crc16Table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x8005 : 0)) & 0xffff
  return crc
})

const crc16 = (bytes: Buffer, end: number): number => {
  let crc = 0
  for (let at = 0; at < end; at++) crc = ((crc << 8) & 0xffff) ^ crc16Table[(crc >> 8) ^ bytes[at]!]!
  return crc
}
