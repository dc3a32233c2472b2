import { asUnits } from '../codecs/adapt.ts'
import { asFlac, flacOf } from '../codecs/as-flac.ts'
import type { Conversion } from './lanes.ts'

/** Samples go into MP4 as FLAC, which browsers play; everything else as it is. */
export const flacConversion: Conversion = {
  codec: codec => flacOf(codec) ?? codec,
  units: track => (flacOf(track.codec) === undefined ? asUnits(track) : asFlac(track)),
}
