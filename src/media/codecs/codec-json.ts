import type { Codec } from '../core/codec.ts'
import { h264ProfileName } from './describe.ts'
import { firstH264Sps, h264ParameterSets } from './h264/fmtp.ts'
import { codecSpec } from './registry.ts'

type CodecJson = Readonly<Record<string, string | number>>

/** A codec never changes, and all streams are described once a second for whoever looks at them. */
const made = new WeakMap<Codec, CodecJson>()

/** A codec as go2rtc's JSON has it: keys in order of the alphabet, what is not known left out. */
export const codecJson = (codec: Codec): CodecJson => {
  const known = made.get(codec)
  if (known !== undefined) return known
  const json = describe(codec)
  made.set(codec, json)
  return json
}

const describe = (codec: Codec): CodecJson => {
  const sps = codec.name === 'H264' ? firstH264Sps(h264ParameterSets(codec)) : undefined
  const timed = codec.clockRate !== 0 && codec.clockRate !== 90_000
  return {
    ...(codec.channels > 0 && { channels: codec.channels }),
    ...(codec.name !== '' && { codec_name: ffmpegName(codec.name), codec_type: codec.kind }),
    ...(sps && { level: sps.level, profile: h264ProfileName(sps.profile) }),
    ...(timed && { sample_rate: codec.clockRate }),
  }
}

const ffmpegName = (name: string): string => codecSpec(name)?.ffmpegName ?? name
