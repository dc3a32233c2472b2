import { FieldReader, findBox } from '#media/formats/mp4/box-reader.ts'

/** What one message of fragmented MP4 says. */
export interface ReadFragment {
  readonly trackId: number
  readonly decodeTime: number
  readonly duration: number
  readonly compositionOffset: number
  readonly keyframe: boolean
  readonly sample: Buffer
}

/** Reads a fragment of one sample. `undefined` for an initialization segment. */
export const readFragment = (message: Buffer): ReadFragment | undefined => {
  const moof = findBox(message, 'moof')
  const sample = findBox(message, 'mdat')
  if (moof === undefined || sample === undefined) return undefined
  const field = (type: string): FieldReader => new FieldReader(findBox(moof, 'traf', type)!, type)
  const trun = field('trun')
  return {
    trackId: field('tfhd').unsigned(4, 4),
    decodeTime: field('tfdt').unsigned64(4),
    duration: trun.unsigned(12, 4),
    compositionOffset: trun.signed32(24),
    keyframe: trun.unsigned(20, 4) === 0x02000000,
    sample,
  }
}
