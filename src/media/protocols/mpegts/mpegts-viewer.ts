import { connectionInfo } from '../../core/connection-info.ts'
import type { ViewerMaker } from '../../core/consumer.ts'
import { MpegTsStreamMuxer } from '../../formats/mpegts/unit-muxer.ts'
import { type ByteRequest, wishFor } from '../../output/byte-request.ts'
import { MuxedConsumer } from '../../output/muxed-consumer.ts'

/** A viewer for `Engine.watch` that gets MPEG-TS, in the codecs that its players can be expected to know: go2rtc's. */
export const mpegTsViewer =
  ({ sink, opened, ...who }: ByteRequest): ViewerMaker<MuxedConsumer> =>
  ({ clock }) =>
    new MuxedConsumer({
      ...{ sink, clock, info: connectionInfo({ formatName: 'mpegts', ...who }) },
      medias: [wishFor('video', 'H264', 'H265'), wishFor('audio', 'MPEG4-GENERIC')],
      muxer: new MpegTsStreamMuxer(opened),
    })
