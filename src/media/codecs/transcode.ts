import type { Codec } from '../core/codec.ts'
import type { AnyTrack, UnitTrack } from '../core/track.ts'
import { asUnits } from './adapt.ts'
import { type PcmFormat, pcmFormatOf } from './pcm/pcm-format.ts'
import { PcmRepacker } from './pcm/repack.ts'
import { PcmTranscoder } from './pcm/transcode.ts'

/** Bytes of a unit that speakers of cameras are given: what go2rtc sends, and cameras have been tried with. */
const SPEAKER_UNIT_BYTES = 1024

/**
 * Whether the engine can make one codec of another by itself: any of PCMU, PCMA, L16 and PCML, of 4 to 192 kHz and
 * one or two channels, from any other. What the wish leaves open (0) stays as it is offered.
 */
export const canTranscode = (offered: Codec, wanted: Codec): boolean => transcodedCodec(offered, wanted) !== undefined

/** What becomes of an offered codec that is made into a wanted one; `undefined` when it cannot. */
export const transcodedCodec = (offered: Codec, wanted: Codec): Codec | undefined => {
  const target: Codec = {
    kind: 'audio',
    name: wanted.name,
    clockRate: wanted.clockRate || offered.clockRate,
    channels: wanted.channels || offered.channels,
    formatParameters: '',
  }
  return pcmFormatOf(offered) && pcmFormatOf(target) && target
}

/**
 * The track as units of another codec, made once for all who ask for the same; the units as they are where nothing
 * is to be changed. `undefined` when the engine cannot: see `canTranscode`. Attach at once, as to `asUnits`.
 */
export const asTranscoded = (track: AnyTrack, wanted: Codec): UnitTrack | undefined => {
  const target = transcodedCodec(track.codec, wanted)
  const units = target && asUnits(track)
  const from = pcmFormatOf(track.codec)
  const to = target && pcmFormatOf(target)
  if (units === undefined || from === undefined || to === undefined || sameFormat(from, to)) return units
  return units.derive('units', target!, () => new PcmTranscoder(from, to))
}

/**
 * The track of samples in units of 1024 bytes, for the speakers of cameras: they stutter with units as small as some
 * microphones send. `undefined` when they are no samples. Attach at once.
 */
export const asSpeakerUnits = (track: UnitTrack): UnitTrack | undefined => {
  const format = pcmFormatOf(track.codec)
  return format && track.derive('units', track.codec, () => new PcmRepacker(format, SPEAKER_UNIT_BYTES))
}

const sameFormat = (one: PcmFormat, other: PcmFormat): boolean =>
  one.name === other.name && one.rate === other.rate && one.channels === other.channels
