import { parseAudioSpecificConfig } from '../../codecs/aac/audio-specific-config.ts'
import { STREAMINFO_BYTES } from '../../codecs/flac/stream-info.ts'
import { formatAvcDecoderConfig } from '../../codecs/h264/decoder-config.ts'
import { h264NalType, nalType as h264Type } from '../../codecs/h264/nal-unit.ts'
import { parseH264Sps } from '../../codecs/h264/sps.ts'
import { h265NalType, nalType as h265Type } from '../../codecs/h265/nal-unit.ts'
import { parseH265Sps } from '../../codecs/h265/sps.ts'
import { readMpaFrame } from '../../codecs/mpa/frame-header.ts'
import type { CodecName } from '../../codecs/registry.ts'
import type { Codec } from '../../core/codec.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { box, fullBox, u8, u16, u32 } from './box.ts'
import { audioEntry, pasp, visualEntry } from './boxes.ts'
import { objectType } from './object-type.ts'

/** A track's sample entry, and the size of its pictures in pixels: 0 for sound. */
export interface DescribedSamples {
  readonly entry: Buffer
  readonly width: number
  readonly height: number
}

/**
 * Describes the samples of one codec (ISO/IEC 14496-12 §8.5.2), pictures with the shape of their pixels where it is given.
 * Throws `MalformedError` when the configuration cannot be read.
 */
export type SampleEntry = (
  codec: Codec,
  configuration: readonly Buffer[],
  pixel?: readonly [width: number, height: number],
) => DescribedSamples

/** AVCSampleEntry, ISO/IEC 14496-15 §5.4.2. */
const avc1: SampleEntry = (_codec, configuration, pixel) => {
  const record = formatAvcDecoderConfig(configuration)
  if (record === undefined) throw new MalformedError('H.264 without SPS')
  const { width, height } = parseH264Sps(configuration.find(nal => h264NalType(nal[0] ?? 0) === h264Type.sps)!)
  const boxes = [box('avcC', record), ...shapeOf(pixel)]
  return { entry: visualEntry('avc1', width, height, ...boxes), width, height }
}

/** HEVCSampleEntry with parameter sets outside the samples, ISO/IEC 14496-15 §8.4.1. */
const hvc1: SampleEntry = (_codec, configuration, pixel) => {
  const [first] = configuration.filter(nal => h265NalType(nal[0] ?? 0) === h265Type.sps)
  if (first === undefined) throw new MalformedError('H.265 without SPS')
  const sps = parseH265Sps(first)
  const arrays = [h265Type.vps, h265Type.sps, h265Type.pps].map(type => {
    const nals = configuration.filter(nal => h265NalType(nal[0] ?? 0) === type)
    return [u8(0x80 | type), u16(nals.length), ...counted(nals)] // array_completeness, NAL_unit_type, numNalus
  })
  const record = box(
    'hvcC',
    u8(1), // configurationVersion
    sps.profileTierLevel, // general_profile_space … general_level_idc
    u16(0xf000), // reserved, min_spatial_segmentation_idc
    u8(0xfc), // reserved, parallelismType
    u8(0xfc | sps.chroma), // reserved, chroma_format_idc
    u8(0xf8 | (sps.lumaBits - 8)), // reserved, bit_depth_luma_minus8
    u8(0xf8 | (sps.chromaBits - 8)), // reserved, bit_depth_chroma_minus8
    u16(0), // avgFrameRate
    u8((sps.temporalLayers << 3) | (sps.temporalIdNested ? 4 : 0) | 3), // constantFrameRate, numTemporalLayers, temporalIdNested, lengthSizeMinusOne
    u8(arrays.length), // numOfArrays
    ...arrays.flat(),
  )
  return {
    entry: visualEntry('hvc1', sps.width, sps.height, record, ...shapeOf(pixel)),
    width: sps.width,
    height: sps.height,
  }
}

const shapeOf = (pixel: readonly [number, number] | undefined): readonly Buffer[] =>
  pixel === undefined ? [] : [pasp(pixel)]

/** MP4AudioSampleEntry, ISO/IEC 14496-14 §5.6. */
const mp4a: SampleEntry = (codec, [config]) => {
  if (config === undefined) throw new MalformedError('AAC without AudioSpecificConfig')
  const { sampleRate, channels } = parseAudioSpecificConfig(config)
  const esds = elementaryStream(objectType.mpeg4Audio, descriptor(5, config)) // DecoderSpecificInfo
  return { entry: audioEntry('mp4a', channels || codec.channels || 2, sampleRate, esds), width: 0, height: 0 }
}

/** MP4AudioSampleEntry of MPEG audio, which needs no configuration: its frames say everything. */
const mp3: SampleEntry = (codec, [header]) => {
  const frame = header && readMpaFrame(header)
  const sampleRate = frame?.sampleRate ?? codec.clockRate
  // MPEG-2 has the rates below 32 kHz.
  const esds = elementaryStream(sampleRate < 32_000 ? objectType.mpeg2Part3 : objectType.mpeg1Part3)
  const channels = frame?.channels ?? (codec.channels || 2)
  return { entry: audioEntry('mp4a', channels, sampleRate, esds), width: 0, height: 0 }
}

/** ESDBox with the ES_Descriptor of sound, ISO/IEC 14496-1 §7.2.6.5. */
const elementaryStream = (objectTypeIndication: number, specific: Buffer = Buffer.alloc(0)): Buffer => {
  const decoder = descriptor(
    4, // DecoderConfigDescriptor
    u8(objectTypeIndication),
    u8(0x15), // streamType = audio, upStream, reserved
    u8(0, 0, 0), // bufferSizeDB
    u32(0, 0), // maxBitrate, avgBitrate
    specific,
  )
  const synchronization = descriptor(6, u8(2)) // SLConfigDescriptor: as MP4 wants it
  return fullBox('esds', 0, 0, descriptor(3, u16(0), u8(0), decoder, synchronization)) // ES_ID, flags
}

/** Tag, length in four times seven bits, content: ISO/IEC 14496-1 §8.3.3. */
const descriptor = (tag: number, ...content: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(content)
  const { length } = body
  const sizes = u8(0x80 | (length >> 21), 0x80 | ((length >> 14) & 0x7f), 0x80 | ((length >> 7) & 0x7f), length & 0x7f)
  return Buffer.concat([u8(tag), sizes, body])
}

/** OpusSampleEntry and OpusSpecificBox: "Encapsulation of Opus in ISO Base Media File Format" §4.3. */
const opusEntry: SampleEntry = codec => {
  const channels = codec.channels === 1 ? 1 : 2
  const record = box(
    'dOps',
    u8(0), // Version
    u8(channels), // OutputChannelCount
    u16(0), // PreSkip
    u32(48_000), // InputSampleRate
    u16(0), // OutputGain
    u8(0), // ChannelMappingFamily
  )
  return { entry: audioEntry('Opus', channels, 48_000, record), width: 0, height: 0 }
}

/** FLACSampleEntry and FLACSpecificBox: "Encapsulation of FLAC in ISO Base Media File Format" §3.3. */
const flac: SampleEntry = (codec, [streamInfo]) => {
  if (streamInfo?.length !== STREAMINFO_BYTES) throw new MalformedError('FLAC without STREAMINFO')
  const lastBlock = 0x80 // its type is 0, and no other follows
  const record = fullBox('dfLa', 0, 0, u8(lastBlock, 0), u16(STREAMINFO_BYTES), streamInfo)
  return { entry: audioEntry('fLaC', codec.channels || 1, codec.clockRate, record), width: 0, height: 0 }
}

const counted = (nals: readonly Buffer[]): readonly Buffer[] => nals.flatMap(nal => [u16(nal.length), nal])

/** How each codec goes into MP4. `null`: it does not. */
export const sampleEntries: Readonly<Record<CodecName, SampleEntry | null>> = {
  H264: avc1,
  H265: hvc1,
  VP8: null,
  VP9: null,
  AV1: null,
  JPEG: null,
  RAW: null,
  'MPEG4-GENERIC': mp4a,
  // Browsers that play MP4 by script do not know it.
  ELD: null,
  OPUS: opusEntry,
  PCMU: null,
  PCMA: null,
  L16: null,
  PCML: null,
  G722: null,
  MPA: mp3,
  FLAC: flac,
}
