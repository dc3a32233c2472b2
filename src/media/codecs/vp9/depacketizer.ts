import { join } from '../../bytes/join.ts'
import { MalformedError } from '../../runtime/errors.ts'
import type { PictureAssembly } from '../picture-depacketizer.ts'
import { readVp9Payload } from './descriptor.ts'
import { FRAMES_MAX, isVp9Keyframe, superframeIndex } from './frame.ts'

/** No configuration, always the same array: see `AccessUnit.configuration`. */
const none: readonly Buffer[] = []

/** RFC 9628 payloads to VP9 frames; the layers of a picture become one superframe. */
export const vp9Assembly: PictureAssembly = {
  begins: payload => {
    const { begins, layer } = readVp9Payload(payload)
    return begins && layer === 0
  },
  assemble: payloads => {
    const frames = framesOf(payloads)
    const [first] = frames
    if (first === undefined) return undefined
    const frame = frames.length === 1 ? first : join([...frames, superframeIndex(frames)])
    return { keyframe: isVp9Keyframe(first), frame, configuration: none }
  },
}

const framesOf = (payloads: readonly Buffer[]): readonly Buffer[] => {
  const frames: Buffer[] = []
  let open: Buffer[] | undefined
  for (const payload of payloads) {
    const { begins, ends, data } = readVp9Payload(payload)
    if (begins === (open !== undefined)) throw new MalformedError('VP9 frames that do not follow each other')
    open ??= []
    open.push(data)
    if (!ends) continue
    frames.push(join(open))
    open = undefined
    if (frames.length > FRAMES_MAX) throw new MalformedError('VP9 picture of too many frames')
  }
  if (open !== undefined) throw new MalformedError('VP9 frame without its end')
  return frames
}
