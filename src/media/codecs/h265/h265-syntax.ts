import { BitReader } from '../../bytes/bit-reader.ts'
import { MalformedError } from '../../runtime/errors.ts'
import type { NalSink, NalSyntax } from '../nal/nal-syntax.ts'
import { toRbsp } from '../nal/rbsp.ts'
import { h265NalRole, h265NalType, h265StartsUnit, nalType } from './nal-unit.ts'
import { parseH265Sps } from './sps.ts'

/** Kinds in a decoder's configuration. */
const VPS_KIND = 0
const SPS_KIND = 1
const PPS_KIND = 2

/** H.265's NAL units and the payload format of RFC 7798, without decoding order numbers (sprop-max-don-diff=0). */
export const h265Syntax: NalSyntax = {
  headerBytes: 2,
  parameterSetKinds: 3,
  role: h265NalRole,
  startsUnit: h265StartsUnit,

  parameterSetKey(nal) {
    if (nal.length < 3) throw new MalformedError('H.265 parameter set without content', nal.length)
    const type = h265NalType(nal[0]!)
    if (type === nalType.vps) return (VPS_KIND << 8) | (nal[2]! >> 4)
    if (type === nalType.sps) return (SPS_KIND << 8) | parseH265Sps(nal).id
    return (PPS_KIND << 8) | (new BitReader(toRbsp(nal).subarray(2)).unsigned() & 0xff)
  },

  unpack(payload, into) {
    if (payload.length < 2) {
      into.broken()
      return
    }
    const type = h265NalType(payload[0]!)
    if (type === nalType.fragmentation) unpackFragment(payload, into)
    else if (type === nalType.aggregation) unpackAggregate(payload, into)
    else if (type < nalType.aggregation) into.whole(payload)
    else into.broken()
  },
}

/** Aggregation packet, RFC 7798 §4.4.2. */
const unpackAggregate = (payload: Buffer, into: NalSink): void => {
  let at = 2
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

/** Fragmentation unit, RFC 7798 §4.4.3. OpenIPC sets the start and the end bit in one: that is a whole NAL unit. */
const unpackFragment = (payload: Buffer, into: NalSink): void => {
  if (payload.length < 3) {
    into.broken()
    return
  }
  const header = payload[2]!
  const fragment = payload.subarray(3)
  if ((header & 0x80) !== 0) into.begin((payload.readUInt16BE(0) & 0x81ff) | ((header & 0x3f) << 9), fragment)
  else into.more(fragment)
  if ((header & 0x40) !== 0) into.end()
}
