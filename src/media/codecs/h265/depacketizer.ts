import type { Codec } from '../../core/codec.ts'
import type { Depacketizer } from '../codec-spec.ts'
import { NalDepacketizer } from '../nal/nal-depacketizer.ts'
import { h265ParameterSets } from './fmtp.ts'
import { h265Syntax } from './h265-syntax.ts'

/** RFC 7798 payloads to access units. Knows the parameter sets of the session description from the start. */
export const h265Depacketizer = (codec: Codec): Depacketizer =>
  new NalDepacketizer(h265Syntax, h265ParameterSets(codec))
