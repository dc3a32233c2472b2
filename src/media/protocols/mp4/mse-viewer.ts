import { connectionInfo } from '../../core/connection-info.ts'
import type { ViewerMaker } from '../../core/consumer.ts'
import type { MessageSink } from '../../core/sink.ts'
import { KeyframeMuxer, Mp4Muxer } from '../../formats/mp4/muxer.ts'
import { flacConversion } from '../../output/flac-conversion.ts'
import { MuxedConsumer } from '../../output/muxed-consumer.ts'
import { mseMedias } from './mse-codecs.ts'

/** A viewer that asks for fragmented MP4 over a WebSocket. */
export interface MseRequest {
  /** Codec strings the browser can play, comma separated, as `video-rtc.js` sends them; empty: H264, H265 and AAC. */
  readonly codecs: string
  readonly remoteAddress: string
  readonly userAgent: string
  /** Gets `tell('mse', mimeType)` once, then binary messages. */
  readonly sink: MessageSink
}

/** A viewer for `Engine.watch` that feeds a browser's MediaSource: initialization, then each access unit as a fragment. */
export const mseViewer =
  (request: MseRequest): ViewerMaker<MuxedConsumer> =>
  ({ clock }) => {
    const { sink, codecs } = request
    const opened = (mimeType: string): void => sink.tell('mse', mimeType)
    return new MuxedConsumer({
      ...{ sink, clock, info: infoOf(request, 'mse/fmp4'), medias: mseMedias(codecs), conversion: flacConversion },
      muxer: new Mp4Muxer({ opened, reconfigure: 'segment' }),
    })
  }

/** A viewer for `Engine.watch` that gets each keyframe as a whole MP4: go2rtc's mode for browsers that play nothing else. */
export const mp4KeyframesViewer =
  (request: MseRequest): ViewerMaker<MuxedConsumer> =>
  ({ clock }) => {
    const { sink, codecs } = request
    const medias = mseMedias(codecs).filter(({ kind }) => kind === 'video')
    const muxer = new KeyframeMuxer(mimeType => sink.tell('mse', mimeType))
    return new MuxedConsumer({ sink, clock, info: infoOf(request, 'mp4'), medias, muxer })
  }

const infoOf = ({ remoteAddress, userAgent }: MseRequest, formatName: string) =>
  connectionInfo({ formatName, protocol: 'ws', remoteAddress, userAgent })
