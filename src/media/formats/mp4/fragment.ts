import { box, fullBox, text, u32 } from './box.ts'

/** tfhd: offsets count from this moof (§8.8.7). */
const DEFAULT_BASE_IS_MOOF = 0x020000
/** trun: data offset, duration, size, flags and composition offset are present (§8.8.8). */
const TRUN_FIELDS = 0x000f01
/** Sample flags (§8.8.3.1): depends on no other; or depends on others and is no sync sample. */
const FLAGS_KEYFRAME = 0x02000000
const FLAGS_OTHER = 0x01010000

/** Everything but the numbers: they are written over the zeros. */
const template = Buffer.concat([
  box(
    'moof',
    fullBox('mfhd', 0, 0, u32(0)), // sequence_number
    box(
      'traf',
      fullBox('tfhd', 0, DEFAULT_BASE_IS_MOOF, u32(0)), // track_ID
      fullBox('tfdt', 1, 0, u32(0, 0)), // baseMediaDecodeTime
      fullBox('trun', 1, TRUN_FIELDS, u32(1, 0, 0, 0, 0, 0)), // sample_count, data_offset, duration, size, flags, composition offset
    ),
  ),
  u32(0),
  text('mdat'),
])

/** Where the numbers are. */
const SEQUENCE_AT = 20
const TRACK_AT = 44
const TIME_AT = 60
const TRUN_AT = 84
const MDAT_AT = template.length - 8

/** One sample as a fragment of its own. */
export interface Fragment {
  /** From 1, over all tracks of one movie. */
  readonly sequenceNumber: number
  readonly trackId: number
  /** Ticks of the track's timescale, from 0. */
  readonly decodeTime: number
  /** Ticks; at least 1. */
  readonly duration: number
  /** Presentation minus decoding time, in ticks; may be negative. */
  readonly compositionOffset: number
  readonly sampleBytes: number
  readonly keyframe: boolean
}

/** `moof` and the head of `mdat`: followed by the sample's bytes it is a whole fragment (ISO/IEC 14496-12 §8.8). */
export const fragmentHeader = (fragment: Fragment): Buffer => {
  const header = Buffer.allocUnsafe(template.length)
  header.set(template)
  header.writeUInt32BE(fragment.sequenceNumber >>> 0, SEQUENCE_AT)
  header.writeUInt32BE(fragment.trackId, TRACK_AT)
  header.writeUInt32BE(Math.floor(fragment.decodeTime / 2 ** 32), TIME_AT)
  header.writeUInt32BE(fragment.decodeTime >>> 0, TIME_AT + 4)
  header.writeUInt32BE(template.length, TRUN_AT)
  header.writeUInt32BE(fragment.duration >>> 0, TRUN_AT + 4)
  header.writeUInt32BE(fragment.sampleBytes, TRUN_AT + 8)
  header.writeUInt32BE(fragment.keyframe ? FLAGS_KEYFRAME : FLAGS_OTHER, TRUN_AT + 12)
  header.writeInt32BE(fragment.compositionOffset | 0, TRUN_AT + 16)
  header.writeUInt32BE(fragment.sampleBytes + 8, MDAT_AT)
  return header
}
