import type { CodecSpec } from '../codec-spec.ts'
import { ParameterSets } from '../nal/parameter-sets.ts'
import { payloadRole, showsNothing } from '../nal/payload-role.ts'
import { h264Depacketizer } from './depacketizer.ts'
import { formatH264Parameters, h264ParameterSets } from './fmtp.ts'
import { h264Syntax } from './h264-syntax.ts'
import { h264Packetizer } from './packetizer.ts'

/** H.264 | AVC: ITU-T H.264, RTP payload format RFC 6184. */
export const h264: CodecSpec = {
  kind: 'video',
  aliases: ['h264', 'avc', 'avc1'],
  ffmpegName: 'h264',
  startsKeyframe: payload => payloadRole(h264Syntax, payload) === 'keyframe',
  leadsPicture: payload => showsNothing(payloadRole(h264Syntax, payload)),
  configuration: codec => new ParameterSets(h264Syntax, h264ParameterSets(codec)).configuration,
  formatParameters: formatH264Parameters,
  depacketizer: h264Depacketizer,
  packetizer: (_codec, payloadBytesMax) => h264Packetizer(payloadBytesMax),
}
