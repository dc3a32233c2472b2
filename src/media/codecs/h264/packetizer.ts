import type { Packetizer } from '../codec-spec.ts'
import { type NalFraming, NalPacketizer } from '../nal/nal-packetizer.ts'
import { nalType } from './nal-unit.ts'

const framing: NalFraming = {
  headerBytes: 1,
  fragmentHeaderBytes: 2,

  aggregation(nals) {
    let importance = 0
    for (const nal of nals) importance = Math.max(importance, nal[0]! & 0x60)
    return Buffer.of(importance | nalType.stapA)
  },

  fragment(nal, first, last) {
    const header = nal[0]!
    return Buffer.of((header & 0xe0) | nalType.fuA, (first ? 0x80 : 0) | (last ? 0x40 : 0) | (header & 0x1f))
  },
}

/** Access units to RFC 6184 payloads: single NAL units, FU-A, and STAP-A for parameter sets. */
export const h264Packetizer = (payloadBytesMax: number): Packetizer => new NalPacketizer(framing, payloadBytesMax)
