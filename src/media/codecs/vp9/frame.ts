import { BitReader } from '../../bytes/bit-reader.ts'
import { MalformedError } from '../../runtime/errors.ts'

/** Frames of one superframe, VP9 bitstream specification annex B. */
export const FRAMES_MAX = 8

/** Whether a frame, or the first one of a superframe, is a keyframe: VP9 bitstream specification §6.2. */
export const isVp9Keyframe = (frame: Buffer): boolean => {
  const first = frame[0] ?? 0
  // frame_marker 2 bits, profile 2 bits (and one more for profile 3), show_existing_frame, frame_type.
  const flags = (first & 0x30) === 0x30 ? first >> 1 : first >> 2
  return first >> 6 === 2 && (flags & 3) === 0
}

/** What a keyframe begins with after its type: VP9 bitstream specification §6.2.1. */
const SYNC_CODE = 0x498342
/** color_space of RGB, which has no range to be told. */
const RGB = 7

/** Size of a keyframe's pictures in pixels (VP9 bitstream specification §6.2). `undefined` when it cannot be read. */
export const readVp9Size = (frame: Buffer): readonly [width: number, height: number] | undefined => {
  if (!isVp9Keyframe(frame)) return undefined
  const bits = new BitReader(frame.subarray(0, HEADER_BYTES_MAX))
  try {
    bits.skip(2) // frame_marker
    const profile = bits.bits(1) + 2 * bits.bits(1)
    bits.skip(profile === 3 ? 5 : 4) // reserved_zero, show_existing_frame, frame_type, show_frame, error_resilient_mode
    if (bits.bits(24) !== SYNC_CODE) return undefined
    if (profile >= 2) bits.skip(1) // ten_or_twelve_bit
    const rgb = bits.bits(3) === RGB
    if (!rgb) bits.skip(1) // color_range
    if (profile === 1 || profile === 3) bits.skip(rgb ? 1 : 3) // subsampling_x, subsampling_y, reserved_zero
    return [bits.bits(16) + 1, bits.bits(16) + 1]
  } catch (error) {
    if (error instanceof MalformedError) return undefined
    throw error
  }
}

/** The size stands within these. */
const HEADER_BYTES_MAX = 16

/** What follows the frames of a superframe: their sizes, between two equal markers (annex B.2). */
export const superframeIndex = (frames: readonly Buffer[]): Buffer => {
  const marker = 0xc0 | ((SIZE_BYTES - 1) << 3) | (frames.length - 1)
  const index = Buffer.alloc(2 + frames.length * SIZE_BYTES, marker)
  for (const [i, frame] of frames.entries()) index.writeUInt32LE(frame.length, 1 + i * SIZE_BYTES)
  return index
}

/** Of 1 to 4. */
const SIZE_BYTES = 4
