import { connectionInfo } from '../../core/connection-info.ts'
import type { ViewerMaker } from '../../core/consumer.ts'
import { Yuv4MpegMuxer } from '../../formats/yuv4mpeg/muxer.ts'
import { type ByteRequest, wishFor } from '../../output/byte-request.ts'
import { MuxedConsumer } from '../../output/muxed-consumer.ts'

/** A viewer for `Engine.watch` that gets uncompressed pictures as YUV4MPEG2. */
export const yuv4MpegViewer =
  ({ sink, opened, ...who }: ByteRequest): ViewerMaker<MuxedConsumer> =>
  ({ clock }) =>
    new MuxedConsumer({
      ...{ sink, clock, info: connectionInfo({ formatName: 'yuv4mpegpipe', ...who }) },
      medias: [wishFor('video', 'RAW')],
      muxer: new Yuv4MpegMuxer(opened),
    })
