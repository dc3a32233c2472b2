import type { CodecSpec } from '../codec-spec.ts'
import { ParameterSets } from '../nal/parameter-sets.ts'
import { payloadRole, showsNothing } from '../nal/payload-role.ts'
import { h265Depacketizer } from './depacketizer.ts'
import { formatH265Parameters, h265ParameterSets } from './fmtp.ts'
import { h265Syntax } from './h265-syntax.ts'
import { h265Packetizer } from './packetizer.ts'

/** H.265 | HEVC: ITU-T H.265, RTP payload format RFC 7798. */
export const h265: CodecSpec = {
  kind: 'video',
  aliases: ['h265', 'hevc', 'hvc1', 'hev1'],
  ffmpegName: 'hevc',
  startsKeyframe: payload => payloadRole(h265Syntax, payload) === 'keyframe',
  leadsPicture: payload => showsNothing(payloadRole(h265Syntax, payload)),
  configuration: codec => new ParameterSets(h265Syntax, h265ParameterSets(codec)).configuration,
  formatParameters: formatH265Parameters,
  depacketizer: h265Depacketizer,
  packetizer: (_codec, payloadBytesMax) => h265Packetizer(payloadBytesMax),
}
