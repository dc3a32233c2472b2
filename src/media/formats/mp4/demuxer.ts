import { splitLengthPrefixed } from '../../codecs/nal/length-prefixed.ts'
import type { Framing } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import { LimitError, MalformedError } from '../../runtime/errors.ts'
import { rescale, type Ticks, ticks } from '../../runtime/units.ts'
import { FieldReader, findBox, needBox, readBoxes } from './box-reader.ts'
import { readSampleDescription, type SampleDescription } from './sample-description.ts'
import { readSampleTable, type SamplePlace } from './sample-table.ts'

/** Tracks of one file. */
const TRACKS_MAX = 32

/** One sample, with its bytes as views of the file and its times in ticks of its codec's clock. */
export interface DemuxedSample {
  readonly keyframe: boolean
  /** From the beginning of the movie; negative for what is only decoded, not shown. */
  readonly decodingTime: Ticks
  readonly compositionOffset: number
  readonly duration: Ticks
  readonly parts: readonly Buffer[]
  /** As `AccessUnit.sample`; absent where the file's lengths have not 4 bytes. */
  readonly sample?: Buffer
}

/** A track of a file whose codec we know. */
export interface DemuxedTrack {
  readonly codec: Codec
  readonly configuration: readonly Buffer[]
  readonly framing: Framing
  readonly samples: readonly DemuxedSample[]
}

/**
 * Reads a plain MP4 file (ISO/IEC 14496-12): not fragmented, its media in the same file. Tracks of
 * codecs we do not know are left out. Throws `MalformedError` or `LimitError`.
 */
export const demuxMp4 = (file: Buffer): readonly DemuxedTrack[] => {
  const moov = needBox(file, 'moov')
  const movieTimescale = timescaleOf(needBox(moov, 'mvhd'), 'mvhd')
  const traks = readBoxes(moov).filter(box => box.type === 'trak')
  if (traks.length > TRACKS_MAX) throw new LimitError('tracks of one MP4', TRACKS_MAX)
  const tracks: DemuxedTrack[] = []
  for (const { content } of traks) {
    const description = readSampleDescription(needBox(content, 'mdia', 'minf', 'stbl', 'stsd'))
    if (description !== undefined) tracks.push(readTrack(file, content, description, movieTimescale))
  }
  return tracks
}

const readTrack = (
  file: Buffer,
  trak: Buffer,
  description: SampleDescription,
  movieTimescale: number,
): DemuxedTrack => {
  const { codec, configuration, framing, lengthBytes } = description
  const timescale = timescaleOf(needBox(trak, 'mdia', 'mdhd'), 'mdhd')
  const shift = presentationShift(findBox(trak, 'edts', 'elst'), timescale, movieTimescale)
  const inTicks = (time: number): Ticks => rescale(ticks(time), timescale, codec.clockRate)
  const readSample = (place: SamplePlace): DemuxedSample => {
    const bytes = sampleBytes(file, place)
    const decodingTime = inTicks(place.decodingTime + shift)
    const times = {
      keyframe: place.keyframe,
      decodingTime,
      compositionOffset: inTicks(place.decodingTime + shift + place.compositionOffset) - decodingTime,
      duration: inTicks(place.duration),
    }
    if (framing === 'frame') return { ...times, parts: [bytes], sample: bytes }
    const parts = splitLengthPrefixed(bytes, lengthBytes)
    return lengthBytes === 4 ? { ...times, parts, sample: bytes } : { ...times, parts }
  }
  const samples = readSampleTable(needBox(trak, 'mdia', 'minf', 'stbl')).map(readSample)
  return { codec, configuration, framing, samples }
}

const sampleBytes = (file: Buffer, { offset, sizeBytes }: SamplePlace): Buffer => {
  if (offset + sizeBytes > file.length) throw new MalformedError('MP4 sample beyond the file', offset)
  return file.subarray(offset, offset + sizeBytes)
}

/** The timescale of a movie or media header box (§8.2.2, §8.4.2). */
const timescaleOf = (header: Buffer, name: string): number => {
  const fields = new FieldReader(header, name)
  const timescale = fields.unsigned(fields.unsigned(0, 1) === 1 ? 20 : 12, 4)
  if (timescale === 0) throw new MalformedError(`${name} with timescale 0`)
  return timescale
}

/** What an edit list (§8.6.6) adds to all times of a track: an empty edit delays it, a later beginning cuts its start. */
const presentationShift = (elst: Buffer | undefined, timescale: number, movieTimescale: number): number => {
  if (elst === undefined) return 0
  const fields = new FieldReader(elst, 'elst')
  const wide = fields.unsigned(0, 1) === 1
  const entryBytes = wide ? 20 : 12
  const count = fields.entryCount(4, entryBytes)
  let delay = 0
  for (let index = 0; index < count; index++) {
    const at = 8 + index * entryBytes
    const duration = wide ? fields.unsigned64(at) : fields.unsigned(at, 4)
    const mediaTime = wide ? fields.signed64(at + 8) : fields.signed32(at + 4)
    if (mediaTime >= 0) return delay - mediaTime
    delay += Math.round((duration * timescale) / movieTimescale)
  }
  return delay
}
