import { adtsHeaders } from '../../codecs/aac/adts-header.ts'
import { type CodecName, isCodecName } from '../../codecs/registry.ts'
import type { AccessUnit } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import { MalformedError } from '../../runtime/errors.ts'

/** How one track is announced and written. */
export interface WrittenStream {
  /** ISO/IEC 13818-1 table 2-34. */
  readonly streamType: number
  /** Of its PES packets, table 2-22. */
  readonly streamId: number
  /** What the program map says of it besides. */
  readonly descriptors: Buffer
  /** The bytes of one unit, in pieces; none when it cannot be written. */
  readonly content: (unit: AccessUnit) => readonly Buffer[]
}

/** stream_id of pictures, of sound, and of what is registered. */
const VIDEO_ID = 0xe0
const AUDIO_ID = 0xc0
const PRIVATE_ID = 0xbd

const START_CODE = Buffer.of(0, 0, 0, 1)
/** Access unit delimiters that allow every kind of slice: players find pictures by them, Apple's insist. */
const h264Delimiter = Buffer.of(0, 0, 0, 1, 0x09, 0xf0)
const h265Delimiter = Buffer.of(0, 0, 0, 1, 0x46, 0x01, 0x50)

/** registration_descriptor, §2.6.8. */
const registration = (name: string): Buffer => Buffer.concat([Buffer.of(0x05, 4), Buffer.from(name, 'latin1')])
const none = Buffer.alloc(0)

/** Codecs that MPEG-TS has a standard for; null for the others. */
const written: Readonly<Record<CodecName, ((codec: Codec) => WrittenStream) | null>> = {
  H264: () => ({ streamType: 27, streamId: VIDEO_ID, descriptors: none, content: annexB(h264Delimiter) }),
  H265: () => ({
    ...{ streamType: 36, streamId: VIDEO_ID },
    ...{ descriptors: registration('HEVC'), content: annexB(h265Delimiter) },
  }),
  'MPEG4-GENERIC': ({ channels }) => ({
    ...{ streamType: 15, streamId: AUDIO_ID, descriptors: none },
    content: adts(channels),
  }),
  MPA: () => ({ streamType: 3, streamId: AUDIO_ID, descriptors: none, content: unit => unit.parts }),
  OPUS: ({ channels }) => ({
    ...{ streamType: 6, streamId: PRIVATE_ID, content: opus },
    // ETSI TS 101 154 annex on Opus: DVB's extension descriptor with the channel configuration.
    descriptors: Buffer.concat([registration('Opus'), Buffer.of(0x7f, 2, 0x80, channels === 1 ? 1 : 2)]),
  }),
  VP8: null,
  VP9: null,
  AV1: null,
  JPEG: null,
  RAW: null,
  ELD: null,
  PCMU: null,
  PCMA: null,
  L16: null,
  PCML: null,
  G722: null,
  FLAC: null,
}

/** Whether a codec of this name goes into MPEG-TS. */
export const goesIntoMpegTs = (name: string): name is CodecName => isCodecName(name) && written[name] !== null

/** How a track of this codec is written. Throws `MalformedError` when MPEG-TS does not take it. */
export const writtenStream = (codec: Codec): WrittenStream => {
  const make = isCodecName(codec.name) ? written[codec.name] : null
  if (make === null) throw new MalformedError(`${codec.name} does not go into MPEG-TS`)
  return make(codec)
}

/** Whoever begins at a keyframe needs its parameter sets, so each has them. */
const annexB =
  (delimiter: Buffer) =>
  ({ keyframe, configuration, parts }: AccessUnit): readonly Buffer[] => {
    const pieces = [delimiter]
    if (keyframe) for (const set of configuration) pieces.push(START_CODE, set)
    for (const part of parts) pieces.push(START_CODE, part)
    return pieces
  }

/** AAC with ADTS headers. A frame that is too long for one, or comes before its configuration, is left out. */
const adts = (channels: number) => {
  let known: readonly Buffer[] | undefined
  let header: ((frameBytes: number) => Buffer | undefined) | undefined
  return (unit: AccessUnit): readonly Buffer[] => {
    if (unit.configuration !== known) {
      const [config] = unit.configuration
      known = unit.configuration
      header = config && adtsHeaders(config, channels)
    }
    const head = header?.(unit.sizeBytes)
    return head === undefined ? [] : [head, ...unit.parts]
  }
}

/** opus_control_header: a prefix of 11 ones but the first, no flags, and the size in bytes of 255 and a rest. */
const opus = (unit: AccessUnit): readonly Buffer[] => {
  const full = Math.floor(unit.sizeBytes / 255)
  const header = Buffer.alloc(2 + full + 1, 0xff)
  header.writeUInt16BE(0x7fe0, 0)
  header[header.length - 1] = unit.sizeBytes % 255
  return [header, ...unit.parts]
}
