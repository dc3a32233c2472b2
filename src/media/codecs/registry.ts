import type { Codec } from '../core/codec.ts'
import { aac, eld } from './aac/aac.ts'
import { av1 } from './av1/av1.ts'
import type { CodecSpec } from './codec-spec.ts'
import { flac } from './flac/flac.ts'
import { g722 } from './g722/g722.ts'
import { h264 } from './h264/h264.ts'
import { h265 } from './h265/h265.ts'
import { jpeg } from './jpeg/jpeg.ts'
import { mpa } from './mpa/mpa.ts'
import { opus } from './opus/opus.ts'
import { pcma, pcmu } from './pcm/g711.ts'
import { l16, pcml } from './pcm/linear.ts'
import { raw } from './raw/raw.ts'
import { vp8 } from './vp8/vp8.ts'
import { vp9 } from './vp9/vp9.ts'

/** Every codec the engine knows more of than its name, by SDP encoding name. */
export const codecs = {
  H264: h264,
  H265: h265,
  VP8: vp8,
  VP9: vp9,
  AV1: av1,
  JPEG: jpeg,
  RAW: raw,
  'MPEG4-GENERIC': aac,
  ELD: eld,
  OPUS: opus,
  PCMU: pcmu,
  PCMA: pcma,
  L16: l16,
  PCML: pcml,
  G722: g722,
  MPA: mpa,
  FLAC: flac,
} as const satisfies Record<string, CodecSpec>

/** SDP encoding name of a codec the engine knows. */
export type CodecName = keyof typeof codecs

/** Whether the engine knows a codec of this name. */
export const isCodecName = (name: string): name is CodecName => Object.hasOwn(codecs, name)

/** What the engine knows of a codec; `undefined` when it can only pass its packets on. */
export const codecSpec = (name: string): CodecSpec | undefined => (isCodecName(name) ? codecs[name] : undefined)

/** The codec of an RTP payload type that needs no `a=rtpmap` (RFC 3551 §6). */
export const staticCodec = (payloadType: number): Codec | undefined => {
  for (const [name, { kind, staticFormats = [] }] of Object.entries<CodecSpec>(codecs)) {
    const format = staticFormats.find(one => one.payloadType === payloadType)
    if (format !== undefined) return { kind, name, formatParameters: '', ...format }
  }
  return undefined
}
