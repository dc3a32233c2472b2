import { MalformedError } from '../../runtime/errors.ts'
import type { NalDecoderConfig } from '../nal/decoder-config.ts'
import { readCountedNals } from '../nal/decoder-config.ts'
import { nalType } from './nal-unit.ts'

/** Bytes before the first array. */
const HEAD_BYTES = 23

/** Reads an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 §8.3.3.1). Throws `MalformedError`. */
export const readHevcDecoderConfig = (record: Buffer): NalDecoderConfig => {
  // Some write version 0, from before the standard was finished.
  if (record.length < HEAD_BYTES || record[0]! > 1) throw new MalformedError('not a decoder configuration of H.265')
  const parameterSets: Buffer[] = []
  let at = HEAD_BYTES
  for (let left = record[22]!; left > 0; left--) {
    if (at + 3 > record.length) throw new MalformedError('NAL unit array beyond its record', at)
    const type = record[at]! & 0x3f
    const nals: Buffer[] = []
    at = readCountedNals(record, at + 3, record.readUInt16BE(at + 1), nals)
    if (type >= nalType.vps && type <= nalType.pps) parameterSets.push(...nals)
  }
  return { parameterSets, lengthBytes: (record[21]! & 3) + 1 }
}
