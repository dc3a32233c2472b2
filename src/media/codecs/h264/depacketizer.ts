import type { Codec } from '../../core/codec.ts'
import type { Depacketizer } from '../codec-spec.ts'
import { NalDepacketizer } from '../nal/nal-depacketizer.ts'
import { h264ParameterSets } from './fmtp.ts'
import { h264Syntax } from './h264-syntax.ts'

/** RFC 6184 payloads to access units. Knows the parameter sets of the session description from the start. */
export const h264Depacketizer = (codec: Codec): Depacketizer =>
  new NalDepacketizer(h264Syntax, h264ParameterSets(codec))
