import type { AccessUnit } from '../../core/access-unit.ts'
import type { Packetizer } from '../codec-spec.ts'

/** Two bytes of nothing, two of offset: RFC 2250 §3.5. */
const HEADER_BYTES = 4
/** What two bytes can say; the longest frame of layer 2 has 1 728 bytes. */
const FRAME_BYTES_MAX = 0xffff

/** MPEG audio frames to RFC 2250 payloads, one frame a packet; a long frame goes over several. */
export const mpaPacketizer = (payloadBytesMax: number): Packetizer => ({
  packetize(unit: AccessUnit) {
    const frame = unit.sample
    if (frame.length > FRAME_BYTES_MAX) return []
    const step = payloadBytesMax - HEADER_BYTES
    const payloads: (readonly Buffer[])[] = []
    for (let at = 0; at < frame.length; at += step)
      payloads.push([Buffer.of(0, 0, at >> 8, at & 0xff), frame.subarray(at, at + step)])
    return payloads
  },
})
