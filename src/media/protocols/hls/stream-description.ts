import { h264NalType, nalType as h264Type } from '../../codecs/h264/nal-unit.ts'
import { parseH264Sps } from '../../codecs/h264/sps.ts'
import { h265NalType, nalType as h265Type } from '../../codecs/h265/nal-unit.ts'
import { parseH265Sps } from '../../codecs/h265/sps.ts'
import type { Kind } from '../../core/codec.ts'
import type { MuxedTrack } from '../../formats/muxer.ts'
import { codecString } from './codec-string.ts'

/** What players are told of a stream before they fetch it. */
export interface StreamDescription {
  /** RFC 6381, one each track. */
  readonly codecs: readonly string[]
  /** Of the first track. */
  readonly kind?: Kind
  /** Pixels, where there are pictures whose size is known. */
  readonly width?: number
  readonly height?: number
}

/** Describes what flows. Throws `MalformedError` as `codecString` does. */
export const describeTracks = (tracks: readonly Omit<MuxedTrack, 'id'>[]): StreamDescription => {
  const [first] = tracks
  if (first === undefined) return { codecs: [] }
  return { codecs: tracks.map(codecString), kind: first.codec.kind, ...sizeOf(first) }
}

const sizeOf = ({ codec, configuration }: Omit<MuxedTrack, 'id'>): Partial<StreamDescription> => {
  const set = configuration.find(nal =>
    codec.name === 'H264'
      ? h264NalType(nal[0] ?? 0) === h264Type.sps
      : codec.name === 'H265' && h265NalType(nal[0] ?? 0) === h265Type.sps,
  )
  try {
    if (set === undefined) return {}
    const { width, height } = codec.name === 'H264' ? parseH264Sps(set) : parseH265Sps(set)
    return { width, height }
  } catch {
    // Players find it in the pictures themselves, if anybody does.
    return {}
  }
}
