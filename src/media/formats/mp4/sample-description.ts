import { parseAudioSpecificConfig } from '../../codecs/aac/audio-specific-config.ts'
import { readAvcDecoderConfig } from '../../codecs/h264/decoder-config.ts'
import { readHevcDecoderConfig } from '../../codecs/h265/decoder-config.ts'
import type { NalDecoderConfig } from '../../codecs/nal/decoder-config.ts'
import { type CodecName, codecs } from '../../codecs/registry.ts'
import type { Framing } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { FieldReader, needBox, readBoxes } from './box-reader.ts'
import { objectType } from './object-type.ts'

/** Fields of a sample entry before its boxes (ISO/IEC 14496-12 §12.1.3, §12.2.3). */
const VISUAL_FIELDS_BYTES = 78
const AUDIO_FIELDS_BYTES = 28
/** Length fields of MPEG-4 descriptors have at most four bytes. */
const DESCRIPTOR_LENGTH_BYTES_MAX = 4

/** What a sample entry says of its samples. */
export interface SampleDescription {
  readonly codec: Codec
  readonly configuration: readonly Buffer[]
  readonly framing: Framing
  /** Bytes of the length before each NAL unit; 4 for other framings. */
  readonly lengthBytes: number
}

/** Reads the first sample entry of a track. `undefined` for codecs we do not read; throws `MalformedError`. */
export const readSampleDescription = (stsd: Buffer): SampleDescription | undefined => {
  const [entry] = readBoxes(stsd.subarray(8))
  if (entry === undefined) throw new MalformedError('stsd without an entry')
  return readers[entry.type]?.(entry.content)
}

const readAvc1 = (entry: Buffer): SampleDescription =>
  video('H264', readAvcDecoderConfig(needBox(entry.subarray(VISUAL_FIELDS_BYTES), 'avcC')))

const readHvc1 = (entry: Buffer): SampleDescription =>
  video('H265', readHevcDecoderConfig(needBox(entry.subarray(VISUAL_FIELDS_BYTES), 'hvcC')))

const readMp4a = (entry: Buffer): SampleDescription => {
  const esds = new FieldReader(needBox(entry.subarray(AUDIO_FIELDS_BYTES), 'esds'), 'esds')
  const config = findDecoderSpecificInfo(esds)
  if (config === undefined) return readAudioFields('MPA', entry, [])
  const { sampleRate, channels } = parseAudioSpecificConfig(config)
  return audio('MPEG4-GENERIC', sampleRate, channels, [config])
}

/** Descends ES_Descriptor and DecoderConfigDescriptor (ISO/IEC 14496-1 §7.2.6). `undefined` for MPEG audio, which needs none. */
const findDecoderSpecificInfo = (esds: FieldReader): Buffer | undefined => {
  let at = 4
  for (const [tag, fieldsBytes] of [
    [3, 3],
    [4, 13],
    [5, 0],
  ] as const) {
    if (esds.unsigned(at, 1) !== tag) throw new MalformedError(`esds without descriptor ${tag}`, at)
    let size = 0
    let more = true
    for (let i = 0; more && i < DESCRIPTOR_LENGTH_BYTES_MAX; i++) {
      const byte = esds.unsigned(++at, 1)
      size = (size << 7) | (byte & 0x7f)
      more = (byte & 0x80) !== 0
    }
    at++
    if (tag === 5) return esds.slice(at, size)
    const type = esds.unsigned(at, 1)
    if (tag === 4 && (type === objectType.mpeg1Part3 || type === objectType.mpeg2Part3)) return undefined
    at += fieldsBytes
  }
  throw new MalformedError('esds without decoder configuration', at)
}

const readFlac = (entry: Buffer): SampleDescription => {
  const dfLa = new FieldReader(needBox(entry.subarray(AUDIO_FIELDS_BYTES), 'dfLa'), 'dfLa')
  // Version and flags, then the first block: type 0, and its length.
  if ((dfLa.unsigned(4, 1) & 0x7f) !== 0) throw new MalformedError('dfLa without STREAMINFO', 4)
  return readAudioFields('FLAC', entry, [dfLa.slice(8, dfLa.unsigned(5, 3))])
}

/** What the fields say themselves: channelcount and samplerate (ISO/IEC 14496-12 §12.2.3). */
const readAudioFields = (name: CodecName, entry: Buffer, configuration: readonly Buffer[]): SampleDescription => {
  const fields = new FieldReader(entry, 'sample entry')
  const sampleRate = fields.unsigned(24, 2)
  if (sampleRate === 0) throw new MalformedError('sample entry without a sampling rate', 24)
  return audio(name, sampleRate, fields.unsigned(16, 2), configuration)
}

const readOpus = (entry: Buffer): SampleDescription => {
  const dOps = new FieldReader(needBox(entry.subarray(AUDIO_FIELDS_BYTES), 'dOps'), 'dOps')
  return audio('OPUS', 48_000, dOps.unsigned(1, 1), [])
}

const readers: Readonly<Record<string, (entry: Buffer) => SampleDescription>> = {
  avc1: readAvc1,
  avc3: readAvc1,
  hvc1: readHvc1,
  hev1: readHvc1,
  mp4a: readMp4a,
  Opus: readOpus,
  fLaC: readFlac,
}

const video = (name: CodecName, { parameterSets, lengthBytes }: NalDecoderConfig): SampleDescription => {
  const formatParameters = codecs[name].formatParameters(parameterSets)
  const codec: Codec = { kind: 'video', name, clockRate: 90_000, channels: 0, formatParameters }
  return { codec, configuration: parameterSets, framing: 'nal', lengthBytes }
}

const audio = (
  name: CodecName,
  clockRate: number,
  channels: number,
  configuration: readonly Buffer[],
): SampleDescription => {
  const formatParameters = codecs[name].formatParameters(configuration)
  const codec: Codec = { kind: 'audio', name, clockRate, channels, formatParameters }
  return { codec, configuration, framing: 'frame', lengthBytes: 4 }
}
