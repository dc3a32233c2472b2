import { BitReader } from '../../bytes/bit-reader.ts'
import type { NalSink, NalSyntax } from '../nal/nal-syntax.ts'
import { toRbsp } from '../nal/rbsp.ts'
import { h264NalRole, h264NalType, h264StartsUnit, nalType } from './nal-unit.ts'
import { parseH264Sps } from './sps.ts'

/** Kinds in a decoder's configuration. */
const SPS_KIND = 0
const PPS_KIND = 1

/** H.264's NAL units and the payload format of RFC 6184. Of the interleaved mode only STAP-B and FU-B are read. */
export const h264Syntax: NalSyntax = {
  headerBytes: 1,
  parameterSetKinds: 2,
  role: h264NalRole,
  startsUnit: h264StartsUnit,

  parameterSetKey(nal) {
    if (h264NalType(nal[0]!) === nalType.sps) return (SPS_KIND << 8) | parseH264Sps(nal).id
    return (PPS_KIND << 8) | (new BitReader(toRbsp(nal).subarray(1)).unsigned() & 0xff)
  },

  unpack(payload, into) {
    const type = h264NalType(payload[0]!)
    if (type === nalType.fuA) unpackFragment(payload, 2, into)
    else if (type === nalType.stapA) unpackAggregate(payload, 1, into)
    else if (type === nalType.stapB) unpackAggregate(payload, 3, into)
    else if (type === nalType.fuB) unpackFragment(payload, 4, into)
    else if (type < nalType.stapA) into.whole(payload)
    else into.broken()
  },
}

/** STAP-A and STAP-B, RFC 6184 §5.7.1. */
const unpackAggregate = (payload: Buffer, start: number, into: NalSink): void => {
  let at = start
  while (at + 2 <= payload.length) {
    const end = at + 2 + payload.readUInt16BE(at)
    if (end > payload.length) {
      into.broken()
      return
    }
    if (end > at + 2) into.whole(payload.subarray(at + 2, end))
    at = end
  }
}

/** FU-A and FU-B, RFC 6184 §5.8. */
const unpackFragment = (payload: Buffer, start: number, into: NalSink): void => {
  if (payload.length < start) {
    into.broken()
    return
  }
  const indicator = payload[0]!
  const header = payload[1]!
  const fragment = payload.subarray(start)
  if ((header & 0x80) !== 0) into.begin((indicator & 0xe0) | (header & 0x1f), fragment)
  else into.more(fragment)
  if ((header & 0x40) !== 0) into.end()
}
