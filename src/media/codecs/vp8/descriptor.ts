import { MalformedError } from '../../runtime/errors.ts'

/** What stands before the data of a payload, RFC 7741 §4.2. */
export interface Vp8Descriptor {
  /** The payload begins a frame: the start of its first partition. */
  readonly begins: boolean
  readonly data: Buffer
}

/** Picture numbers have 15 bits. */
const PICTURE_ID_MAX = 0x7fff

/** Takes the descriptor off a payload. Throws `MalformedError` when nothing is left. */
export const readVp8Payload = (payload: Buffer): Vp8Descriptor => {
  const first = payload[0] ?? 0
  let at = 1
  if ((first & 0x80) !== 0) {
    const extensions = payload[at++] ?? 0
    // I: PictureID of one or two bytes; L: TL0PICIDX; T, K: one byte for both.
    if ((extensions & 0x80) !== 0) at += ((payload[at] ?? 0) & 0x80) !== 0 ? 2 : 1
    if ((extensions & 0x40) !== 0) at++
    if ((extensions & 0x30) !== 0) at++
  }
  if (at >= payload.length) throw new MalformedError('VP8 payload without data', payload.length)
  return { begins: (first & 0x1f) === 0x10, data: payload.subarray(at) }
}

/** The descriptor with a picture number: receivers tell by it that a picture is missing. */
export const formatVp8Descriptor = (begins: boolean, pictureId: number): Buffer => {
  const id = pictureId & PICTURE_ID_MAX
  return Buffer.of(begins ? 0x90 : 0x80, 0x80, 0x80 | (id >> 8), id & 0xff)
}

/** Bytes of such a descriptor. */
export const DESCRIPTOR_BYTES = 4

/** Whether a frame is a keyframe: RFC 6386 §9.1. */
export const isVp8Keyframe = (frame: Buffer): boolean => (frame[0]! & 1) === 0
