import { MalformedError } from '../../runtime/errors.ts'
import type { NalDecoderConfig } from '../nal/decoder-config.ts'
import { readCountedNals } from '../nal/decoder-config.ts'

/** Bytes before the first parameter set. */
const HEAD_BYTES = 6

/** Reads an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1). Throws `MalformedError`. */
export const readAvcDecoderConfig = (record: Buffer): NalDecoderConfig => {
  if (record.length < HEAD_BYTES || record[0] !== 1) throw new MalformedError('not a decoder configuration of H.264')
  const parameterSets: Buffer[] = []
  const afterSps = readCountedNals(record, HEAD_BYTES, record[5]! & 0x1f, parameterSets)
  readCountedNals(record, afterSps + 1, record[afterSps] ?? 0, parameterSets)
  return { parameterSets, lengthBytes: (record[4]! & 3) + 1 }
}
