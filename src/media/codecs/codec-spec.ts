import type { AccessUnit } from '../core/access-unit.ts'
import type { Codec, Kind } from '../core/codec.ts'
import type { PacketGroup } from '../core/packet-group.ts'
import type { Transform } from '../core/transform.ts'

/** RTP packets to access units, by the payload format of one codec. Lost or broken packets cost their unit, nothing else. */
export type Depacketizer = Transform<PacketGroup, AccessUnit>

/** Access units to RTP payloads, by the payload format of one codec. */
export interface Packetizer {
  /** The payloads of one unit, in order, each as parts to be written one after another. The last one gets the marker. */
  packetize(unit: AccessUnit): readonly (readonly Buffer[])[]
  /** The units that go in place of one that lasts longer than a packet can say: each with a time of its own. */
  split?(unit: AccessUnit): readonly AccessUnit[]
}

/** An RTP payload type of RFC 3551 §6, which stands for a codec without being told. */
export interface StaticFormat {
  readonly payloadType: number
  readonly clockRate: number
  readonly channels: number
}

/** Everything the engine knows of one codec. To add a codec, fill one of these. */
export interface CodecSpec {
  readonly kind: Kind
  /** Names other programs use for it, in lower case: ffmpeg's and those of go2rtc's queries. */
  readonly aliases: readonly string[]
  /** ffmpeg's name, as in go2rtc's JSON. */
  readonly ffmpegName: string
  /** RTP payload types of RFC 3551 §6, where it has some. */
  readonly staticFormats?: readonly StaticFormat[]
  /** How RTP announces it, where that is under another name or clock. Its packetizer writes what that name promises. */
  announced?(codec: Codec): Codec
  /** Whether an RTP payload begins what a decoder can start with. Audio: always. */
  startsKeyframe(payload: Buffer): boolean
  /**
   * Whether an RTP payload shows no picture yet: it holds only what precedes one (parameter sets, SEI, delimiters) or
   * a later piece of something, such as of a long SEI. Audio: never.
   */
  leadsPicture(payload: Buffer): boolean
  /** What a decoder needs first, as far as `a=fmtp` tells it; empty when it does not. See `AccessUnit.configuration`. */
  configuration(codec: Codec): readonly Buffer[]
  /** `a=fmtp` for a codec of this name with that configuration. */
  formatParameters(configuration: readonly Buffer[]): string
  /** `undefined` when the codec has no RTP payload format. */
  depacketizer(codec: Codec): Depacketizer | undefined
  /** `payloadBytesMax` is what fits into one RTP packet after its header. `undefined` as for `depacketizer`. */
  packetizer(codec: Codec, payloadBytesMax: number): Packetizer | undefined
}
