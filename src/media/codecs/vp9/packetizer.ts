import type { Packetizer } from '../codec-spec.ts'
import { formatVp9Descriptor } from './descriptor.ts'
import { readVp9Size } from './frame.ts'

/** VP9 frames to RFC 9628 payloads without layers, numbered one after another. Keyframes tell their size. */
export const vp9Packetizer = (payloadBytesMax: number): Packetizer => {
  let pictureId = 0
  return {
    packetize: ({ sample, keyframe }) => {
      const payloads: (readonly Buffer[])[] = []
      const size = readVp9Size(sample)
      for (let at = 0; at < sample.length; ) {
        const begins = at === 0
        const told = { keyframe, begins, pictureId, ...(begins && size !== undefined && { size }) }
        const first = formatVp9Descriptor({ ...told, ends: false })
        const data = sample.subarray(at, at + payloadBytesMax - first.length)
        at += data.length
        const descriptor = at < sample.length ? first : formatVp9Descriptor({ ...told, ends: true })
        payloads.push([descriptor, data])
      }
      pictureId++
      return payloads
    },
  }
}
