import { connectionInfo } from '../../core/connection-info.ts'
import type { ViewerMaker } from '../../core/consumer.ts'
import { type JpegFraming, JpegMuxer } from '../../formats/mjpeg/muxer.ts'
import { type ByteRequest, wishFor } from '../../output/byte-request.ts'
import { ConvertingMuxer } from '../../output/converting-muxer.ts'
import { MuxedConsumer } from '../../output/muxed-consumer.ts'
import { describeError } from '../../runtime/errors.ts'

/** A viewer for `Engine.watch` that gets JPEG pictures as the camera sends them; uncompressed ones are made JPEG first. */
export const mjpegViewer =
  ({ sink, opened, ...who }: ByteRequest, framing: JpegFraming): ViewerMaker<MuxedConsumer> =>
  ({ clock, pictures }) => {
    const info = connectionInfo({ formatName: 'mjpeg', ...who })
    const muxer = new JpegMuxer(framing, opened)
    if (pictures === undefined)
      return new MuxedConsumer({ sink, clock, info, muxer, medias: [wishFor('video', 'JPEG')] })
    const owner = `mjpeg ${info.id}`
    const viewer: MuxedConsumer = new MuxedConsumer({
      ...{ sink, clock, info, medias: [wishFor('video', 'JPEG', 'RAW')] },
      muxer: new ConvertingMuxer({
        muxer,
        converts: ({ name }) => name === 'RAW',
        convert: (codec, unit) => pictures.jpeg(owner, codec, unit),
        failed: error => viewer.close(describeError(error)),
      }),
    })
    void viewer.closed.then(() => pictures.forget(owner))
    return viewer
  }
