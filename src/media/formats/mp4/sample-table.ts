import { LimitError, MalformedError } from '../../runtime/errors.ts'
import { FieldReader, findBox, needBox } from './box-reader.ts'

/** Samples of one track: an hour of sound in frames of 1024 at 48 kHz is 168 750. */
const SAMPLES_MAX = 200_000

/** Where a sample is and when it is due, in ticks of the track's timescale. */
export interface SamplePlace {
  readonly offset: number
  readonly sizeBytes: number
  readonly decodingTime: number
  readonly duration: number
  readonly compositionOffset: number
  readonly keyframe: boolean
}

/** Reads a sample table (ISO/IEC 14496-12 §8.5 to §8.7). Throws `MalformedError` or `LimitError`. */
export const readSampleTable = (stbl: Buffer): readonly SamplePlace[] => {
  const sizes = readSizes(new FieldReader(needBox(stbl, 'stsz'), 'stsz'))
  const offsets = readOffsets(stbl, sizes)
  const durations = readRuns(new FieldReader(needBox(stbl, 'stts'), 'stts'), sizes.length, false)
  const ctts = findBox(stbl, 'ctts')
  const compositions = ctts && readRuns(new FieldReader(ctts, 'ctts'), sizes.length, true)
  const keyframes = readKeyframes(findBox(stbl, 'stss'))
  let decodingTime = 0
  return sizes.map((sizeBytes, index) => {
    const duration = durations[index] ?? 0
    const place = {
      offset: offsets[index]!,
      sizeBytes,
      decodingTime,
      duration,
      compositionOffset: compositions?.[index] ?? 0,
      keyframe: keyframes === undefined || keyframes.has(index + 1),
    }
    decodingTime += duration
    return place
  })
}

/** Sample size box, §8.7.3.2. */
const readSizes = (stsz: FieldReader): readonly number[] => {
  const uniform = stsz.unsigned(4, 4)
  const count = stsz.unsigned(8, 4)
  if (count > SAMPLES_MAX) throw new LimitError('samples of one MP4 track', SAMPLES_MAX)
  if (uniform !== 0) return Array.from({ length: count }, () => uniform)
  stsz.entryCount(8, 4)
  return Array.from({ length: count }, (_, index) => stsz.unsigned(12 + index * 4, 4))
}

/** Sample-to-chunk box, §8.7.4, with the chunk offsets of §8.7.5. */
const readOffsets = (stbl: Buffer, sizes: readonly number[]): readonly number[] => {
  const stsc = new FieldReader(needBox(stbl, 'stsc'), 'stsc')
  const runs = stsc.entryCount(4, 12)
  const chunks = readChunks(stbl)
  const offsets: number[] = []
  for (let run = 0; run < runs && offsets.length < sizes.length; run++) {
    const at = 8 + run * 12
    const first = stsc.unsigned(at, 4)
    const perChunk = stsc.unsigned(at + 4, 4)
    const next = run + 1 < runs ? stsc.unsigned(at + 12, 4) : chunks.length + 1
    for (let chunk = first; chunk < next && offsets.length < sizes.length; chunk++) {
      let offset = chunks[chunk - 1]
      if (offset === undefined) throw new MalformedError('stsc names a chunk that is not there', at)
      for (let i = 0; i < perChunk && offsets.length < sizes.length; i++) {
        offsets.push(offset)
        offset += sizes[offsets.length - 1]!
      }
    }
  }
  if (offsets.length < sizes.length) throw new MalformedError('MP4 samples without a chunk')
  return offsets
}

const readChunks = (stbl: Buffer): readonly number[] => {
  const wide = findBox(stbl, 'co64')
  const table = new FieldReader(wide ?? needBox(stbl, 'stco'), 'stco')
  const entryBytes = wide === undefined ? 4 : 8
  const count = table.entryCount(4, entryBytes)
  return Array.from({ length: count }, (_, index) => {
    const at = 8 + index * entryBytes
    return wide === undefined ? table.unsigned(at, 4) : table.unsigned64(at)
  })
}

/** Time-to-sample (§8.6.1.2) and composition offset (§8.6.1.3) boxes: runs of count and value. */
const readRuns = (table: FieldReader, sampleCount: number, signed: boolean): readonly number[] => {
  const runs = table.entryCount(4, 8)
  const values: number[] = []
  for (let run = 0; run < runs && values.length < sampleCount; run++) {
    const at = 8 + run * 8
    const count = Math.min(table.unsigned(at, 4), sampleCount - values.length)
    const value = signed ? table.signed32(at + 4) : table.unsigned(at + 4, 4)
    for (let i = 0; i < count; i++) values.push(value)
  }
  return values
}

/** Sync sample box, §8.6.2: numbers from 1. Absent: every sample is one. */
const readKeyframes = (stss: Buffer | undefined): ReadonlySet<number> | undefined => {
  if (stss === undefined) return undefined
  const table = new FieldReader(stss, 'stss')
  const count = table.entryCount(4, 4)
  return new Set(Array.from({ length: count }, (_, index) => table.unsigned(8 + index * 4, 4)))
}
