import type { Codec } from '../core/codec.ts'
import type { AnyTrack, UnitTrack } from '../core/track.ts'
import { FlacEncoder } from './flac/encoder.ts'
import { flac } from './flac/flac.ts'
import { formatStreamInfo } from './flac/stream-info.ts'
import { pcmFormatOf } from './pcm/pcm-format.ts'
import { asTranscoded } from './transcode.ts'

/** FLAC as it is made of a codec of samples; `undefined` where that cannot be: see `canTranscode`. */
export const flacOf = (codec: Codec): Codec | undefined => {
  const format = pcmFormatOf(codec)
  if (format === undefined) return undefined
  const { rate, channels } = format
  const formatParameters = flac.formatParameters([formatStreamInfo(rate, channels)])
  return { kind: 'audio', name: 'FLAC', clockRate: rate, channels, formatParameters }
}

/** A track of samples as frames of FLAC, made once for all who ask. `undefined` as for `flacOf`. Attach at once. */
export const asFlac = (track: AnyTrack): UnitTrack | undefined => {
  const format = pcmFormatOf(track.codec)
  const codec = flacOf(track.codec)
  const samples = codec && asTranscoded(track, { ...track.codec, name: 'L16' })
  if (format === undefined || samples === undefined) return undefined
  return samples.derive('units', codec!, () => new FlacEncoder(format.rate, format.channels))
}
