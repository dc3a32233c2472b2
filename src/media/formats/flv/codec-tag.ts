import type { NalCodecName } from '../../codecs/nal-stream.ts'

/** What a video tag holds (Adobe FLV 10.1 §E.4.3, Enhanced RTMP). */
export interface VideoTag {
  readonly codec: NalCodecName
  readonly content: 'configuration' | 'picture'
  /** Milliseconds, presentation minus decoding. */
  readonly compositionMs: number
  readonly data: Buffer
}

/** CodecID; 12 is what cameras took for H.265 before there was a standard for it. */
const videoCodecs: Readonly<Record<number, NalCodecName>> = { 7: 'H264', 12: 'H265' }
/** FourCC of Enhanced RTMP. */
const enhancedCodecs: Readonly<Record<string, NalCodecName>> = { avc1: 'H264', hvc1: 'H265' }
/** FrameType: a command to the player, no picture. */
const COMMAND_FRAME = 5

/** Reads a video tag. `undefined` for codecs and contents that are nothing to us. */
export const readVideoTag = (tag: Buffer): VideoTag | undefined => {
  if (tag.length < 5 || ((tag[0]! >> 4) & 7) === COMMAND_FRAME) return undefined
  return (tag[0]! & 0x80) !== 0 ? readEnhanced(tag) : readPlain(tag)
}

const readPlain = (tag: Buffer): VideoTag | undefined => {
  const codec = videoCodecs[tag[0]! & 0x0f]
  const packetType = tag[1]!
  if (codec === undefined || packetType > 1) return undefined
  const content = packetType === 0 ? 'configuration' : 'picture'
  return { codec, content, compositionMs: content === 'picture' ? signed24(tag, 2) : 0, data: tag.subarray(5) }
}

/** PacketType 0 begins a sequence, 1 and 3 are pictures, with and without a composition time. */
const readEnhanced = (tag: Buffer): VideoTag | undefined => {
  const codec = enhancedCodecs[tag.toString('latin1', 1, 5)]
  const packetType = tag[0]! & 0x0f
  if (codec === undefined) return undefined
  if (packetType === 0) return { codec, content: 'configuration', compositionMs: 0, data: tag.subarray(5) }
  if (packetType === 3) return { codec, content: 'picture', compositionMs: 0, data: tag.subarray(5) }
  if (packetType !== 1 || tag.length < 8) return undefined
  return { codec, content: 'picture', compositionMs: signed24(tag, 5), data: tag.subarray(8) }
}

const signed24 = (bytes: Buffer, at: number): number => bytes.readIntBE(at, 3)

/** What an audio tag holds (Adobe FLV 10.1 §E.4.2). */
export interface AudioTag {
  readonly codec: 'MPEG4-GENERIC' | 'PCMA' | 'PCMU'
  readonly content: 'configuration' | 'sound'
  readonly data: Buffer
}

/** SoundFormat. */
const AAC = 10
const g711: Readonly<Record<number, 'PCMA' | 'PCMU'>> = { 7: 'PCMA', 8: 'PCMU' }

/** Reads an audio tag. `undefined` for codecs and contents that are nothing to us. */
export const readAudioTag = (tag: Buffer): AudioTag | undefined => {
  if (tag.length < 2) return undefined
  const format = tag[0]! >> 4
  const name = g711[format]
  if (name !== undefined) return { codec: name, content: 'sound', data: tag.subarray(1) }
  if (format !== AAC || tag[1]! > 1 || tag.length < 3) return undefined
  const content = tag[1] === 0 ? 'configuration' : 'sound'
  return { codec: 'MPEG4-GENERIC', content, data: tag.subarray(2) }
}
