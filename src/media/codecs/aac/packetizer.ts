import type { AccessUnit } from '../../core/access-unit.ts'
import type { Packetizer } from '../codec-spec.ts'

/** AU-headers-length and one AU header of 13 + 3 bits. */
const HEADER_BYTES = 4
/** What 13 bits can say; longer frames cannot be sent in this mode. */
const FRAME_BYTES_MAX = 0x1fff

/** Access units to RFC 3640 payloads in mode AAC-hbr, one frame a packet; a long frame goes over several. */
export const aacPacketizer = (payloadBytesMax: number): Packetizer => ({
  packetize(unit: AccessUnit) {
    const frame = unit.sample
    if (frame.length > FRAME_BYTES_MAX) return []
    const header = Buffer.of(0, 16, frame.length >> 5, (frame.length & 0x1f) << 3)
    const step = payloadBytesMax - HEADER_BYTES
    const payloads: (readonly Buffer[])[] = []
    for (let at = 0; at < frame.length; at += step) payloads.push([header, frame.subarray(at, at + step)])
    return payloads
  },
})
