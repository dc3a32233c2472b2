import { connectionInfo } from '../../core/connection-info.ts'
import type { ViewerMaker } from '../../core/consumer.ts'
import { FlvMuxer } from '../../formats/flv/muxer.ts'
import { type ByteRequest, wishFor } from '../../output/byte-request.ts'
import { MuxedConsumer } from '../../output/muxed-consumer.ts'

/** A viewer for `Engine.watch` that gets FLV. */
export const flvViewer =
  ({ sink, opened, ...who }: ByteRequest): ViewerMaker<MuxedConsumer> =>
  ({ clock }) =>
    new MuxedConsumer({
      ...{ sink, clock, info: connectionInfo({ formatName: 'flv', ...who }) },
      medias: [wishFor('video', 'H264'), wishFor('audio', 'MPEG4-GENERIC')],
      muxer: new FlvMuxer(opened),
    })
