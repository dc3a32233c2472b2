import { MalformedError } from '../../runtime/errors.ts'
import type { NalDecoderConfig } from '../nal/decoder-config.ts'
import { readCountedNals } from '../nal/decoder-config.ts'
import { h264NalType, nalType } from './nal-unit.ts'

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

/** Parameter sets of each kind that the record can count. */
const SPS_MAX = 0x1f
const PPS_MAX = 0xff

/** The AVCDecoderConfigurationRecord of parameter sets, for NAL units with 4-byte lengths. `undefined` without an SPS. */
export const formatAvcDecoderConfig = (configuration: readonly Buffer[]): Buffer | undefined => {
  const ofType = (type: number, max: number): readonly Buffer[] =>
    configuration.filter(nal => h264NalType(nal[0] ?? 0) === type).slice(0, max)
  const sequences = ofType(nalType.sps, SPS_MAX)
  const pictures = ofType(nalType.pps, PPS_MAX)
  const [first] = sequences
  if (first === undefined || first.length < 4) return undefined
  return Buffer.concat([
    Buffer.of(1), // configurationVersion
    first.subarray(1, 4), // AVCProfileIndication, profile_compatibility, AVCLevelIndication
    Buffer.of(0xff, 0xe0 | sequences.length), // lengthSizeMinusOne = 3, numOfSequenceParameterSets
    ...counted(sequences),
    Buffer.of(pictures.length), // numOfPictureParameterSets
    ...counted(pictures),
  ])
}

const counted = (nals: readonly Buffer[]): readonly Buffer[] =>
  nals.flatMap(nal => [Buffer.of(nal.length >> 8, nal.length & 0xff), nal])
