import type { Packetizer } from '../codec-spec.ts'
import { type NalFraming, NalPacketizer } from '../nal/nal-packetizer.ts'
import { h265NalType, nalType } from './nal-unit.ts'

/** Layer 0, temporal id 0: the lowest of the parameter sets (RFC 7798 §4.4.2). */
const SECOND_HEADER_BYTE = 1

const framing: NalFraming = {
  headerBytes: 2,
  fragmentHeaderBytes: 3,
  aggregation: () => Buffer.of(nalType.aggregation << 1, SECOND_HEADER_BYTE),

  fragment(nal, first, last) {
    const type = h265NalType(nal[0]!)
    const header = (nal[0]! & 0x81) | (nalType.fragmentation << 1)
    return Buffer.of(header, nal[1]!, (first ? 0x80 : 0) | (last ? 0x40 : 0) | type)
  },
}

/** Access units to RFC 7798 payloads: single NAL units, fragmentation units, and an aggregation packet for parameter sets. */
export const h265Packetizer = (payloadBytesMax: number): Packetizer => new NalPacketizer(framing, payloadBytesMax)
