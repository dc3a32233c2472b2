import { MalformedError } from '../../runtime/errors.ts'
import type { CodecSpec } from '../codec-spec.ts'
import { PictureDepacketizer } from '../picture-depacketizer.ts'
import { type Aggregation, readAggregation } from './aggregation.ts'
import { Av1Assembly } from './depacketizer.ts'
import { obuType, obuTypeOf } from './obu.ts'
import { av1Packetizer } from './packetizer.ts'

/** What comes before a frame and does not begin a sequence. */
const leading: ReadonlySet<number> = new Set([obuType.temporalDelimiter, obuType.metadata, obuType.padding])

const look = (payload: Buffer, is: (aggregation: Aggregation, types: readonly number[]) => boolean): boolean => {
  try {
    const aggregation = readAggregation(payload)
    return is(
      aggregation,
      aggregation.elements.map(element => obuTypeOf(element[0] ?? 0)),
    )
  } catch (error) {
    if (error instanceof MalformedError) return false
    throw error
  }
}

/** AV1: its bitstream specification, and AOM's "RTP Payload Format for AV1". */
export const av1: CodecSpec = {
  kind: 'video',
  aliases: ['av1'],
  ffmpegName: 'av1',
  startsKeyframe: payload =>
    look(
      payload,
      ({ continues, startsSequence }, types) =>
        !continues && (startsSequence || types.includes(obuType.sequenceHeader)),
    ),
  leadsPicture: payload =>
    look(payload, ({ continues }, types) => !continues && types.every(type => leading.has(type))),
  configuration: () => [],
  formatParameters: () => '',
  depacketizer: () => new PictureDepacketizer(new Av1Assembly()),
  packetizer: (_codec, payloadBytesMax) => av1Packetizer(payloadBytesMax),
}
