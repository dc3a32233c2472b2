import { connectionInfo } from '../../core/connection-info.ts'
import type { ViewerMaker } from '../../core/consumer.ts'
import { AdtsMuxer } from '../../formats/adts/muxer.ts'
import { type ByteRequest, wishFor } from '../../output/byte-request.ts'
import { MuxedConsumer } from '../../output/muxed-consumer.ts'

/** A viewer for `Engine.watch` that gets AAC with ADTS headers. */
export const adtsViewer =
  ({ sink, opened, ...who }: ByteRequest): ViewerMaker<MuxedConsumer> =>
  ({ clock }) =>
    new MuxedConsumer({
      ...{ sink, clock, info: connectionInfo({ formatName: 'adts', ...who }) },
      medias: [wishFor('audio', 'MPEG4-GENERIC')],
      muxer: new AdtsMuxer(opened),
    })
