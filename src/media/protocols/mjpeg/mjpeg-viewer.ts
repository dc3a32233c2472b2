import { connectionInfo } from '../../core/connection-info.ts'
import type { ViewerMaker } from '../../core/consumer.ts'
import { type JpegFraming, JpegMuxer } from '../../formats/mjpeg/muxer.ts'
import { type ByteRequest, wishFor } from '../../output/byte-request.ts'
import { MuxedConsumer } from '../../output/muxed-consumer.ts'

/** A viewer for `Engine.watch` that gets JPEG pictures as the camera sends them. */
export const mjpegViewer =
  ({ sink, opened, ...who }: ByteRequest, framing: JpegFraming): ViewerMaker<MuxedConsumer> =>
  ({ clock }) =>
    new MuxedConsumer({
      ...{ sink, clock, info: connectionInfo({ formatName: 'mjpeg', ...who }) },
      medias: [wishFor('video', 'JPEG')],
      muxer: new JpegMuxer(framing, opened),
    })
