import { join } from '../../bytes/join.ts'
import { MalformedError } from '../../runtime/errors.ts'
import type { PictureAssembly } from '../picture-depacketizer.ts'
import { isVp8Keyframe, readVp8Payload } from './descriptor.ts'

/** No configuration, always the same array: see `AccessUnit.configuration`. */
const none: readonly Buffer[] = []

/** RFC 7741 payloads to VP8 frames. */
export const vp8Assembly: PictureAssembly = {
  begins: payload => readVp8Payload(payload).begins,
  assemble: payloads => {
    const pieces = payloads.map((payload, index) => {
      const { begins, data } = readVp8Payload(payload)
      if (begins && index > 0) throw new MalformedError('VP8 frame within another')
      return data
    })
    const frame = join(pieces)
    return { keyframe: isVp8Keyframe(frame), frame, configuration: none }
  },
}
