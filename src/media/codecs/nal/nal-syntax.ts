/**
 * What a NAL unit is to us. `attached` goes with its picture (SEI); `dropped` is of no use outside
 * a byte stream: delimiters, filler, extensions we do not decode.
 */
export type NalRole = 'picture' | 'keyframe' | 'parameter-set' | 'attached' | 'dropped'

/** Takes NAL units as a payload format gives them, whole or in pieces. */
export interface NalSink {
  whole(nal: Buffer): void
  /** The first piece of a NAL unit: its header as one big-endian number, and what follows it. */
  begin(header: number, fragment: Buffer): void
  more(fragment: Buffer): void
  end(): void
  /** The payload breaks its format, or is of a kind nobody sends. */
  broken(): void
}

/** What tells the NAL units of one codec and its RTP payload format apart from another's. */
export interface NalSyntax {
  /** Bytes of a NAL unit's header. */
  readonly headerBytes: number
  /** Kinds of parameter sets a decoder needs, in the order of `parameterSetKey`. */
  readonly parameterSetKinds: number
  role(firstByte: number): NalRole
  /** Whether a NAL unit without picture data that follows a picture begins the next access unit: a delimiter, a parameter set, SEI. */
  startsUnit(firstByte: number): boolean
  /** Kind × 256 + id: where a parameter set stands among the others, and which one it replaces. May throw `MalformedError`. */
  parameterSetKey(nal: Buffer): number
  /** Takes one RTP payload apart. Never throws. */
  unpack(payload: Buffer, into: NalSink): void
}
