import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { ViewerMaker } from '../../core/consumer.ts'
import type { Media } from '../../core/media.ts'
import type { Sink } from '../../core/sink.ts'
import type { Display, Rotation } from '../../formats/mp4/boxes.ts'
import { KeyframeMuxer, Mp4Muxer } from '../../formats/mp4/muxer.ts'
import { flacConversion } from '../../output/flac-conversion.ts'
import { MuxedConsumer } from '../../output/muxed-consumer.ts'
import { mp4Medias } from './mp4-medias.ts'

/** Seconds of media a viewer may limit itself to: a day, as no file should be longer. */
const DURATION_SECONDS_MAX = 86_400
/** Sides of a pixel: more is nobody's shape. */
const PIXEL_SIDE_MAX = 0xffff

/** A viewer that asks for MP4 by HTTP. */
export interface Mp4Request {
  /** go2rtc's: `mp4`, `video` and `audio` filter; `duration` (seconds), `rotate` (degrees) and `scale` (`W:H`) shape. */
  readonly query: string
  readonly remoteAddress: string
  readonly userAgent: string
  readonly sink: Sink
  /** Told the MIME type with its codecs, once, before the first byte. */
  readonly opened: (mimeType: string) => void
}

/** A viewer for `Engine.watch` that gets fragmented MP4 without an end, or of the `duration` it asks for. */
export const mp4Viewer =
  (request: Mp4Request): ViewerMaker<MuxedConsumer> =>
  ({ clock }) => {
    const { sink, opened } = request
    const query = new URLSearchParams(request.query)
    const display = displayOf(query)
    const durationSeconds = durationOf(query)
    return new MuxedConsumer({
      ...{ sink, clock, info: infoOf(request), medias: mp4Medias(request.query), conversion: flacConversion },
      muxer: new Mp4Muxer({ opened, reconfigure: 'in-band', display }),
      ...(durationSeconds !== undefined && { durationSeconds }),
    })
  }

/** A viewer for `Engine.watch` that gets one keyframe as a whole MP4, and ends after it. */
export const mp4FrameViewer =
  (request: Mp4Request): ViewerMaker<MuxedConsumer> =>
  ({ clock }) => {
    const { sink, opened } = request
    const medias: readonly Media[] = mp4Medias('').filter(({ kind }) => kind === 'video')
    const viewer: MuxedConsumer = new MuxedConsumer({
      ...{ clock, medias, info: infoOf(request), muxer: new KeyframeMuxer(opened) },
      sink: {
        get pendingBytes() {
          return sink.pendingBytes
        },
        write: (head, body) => {
          sink.write(head, body)
          viewer.close()
        },
        end: () => sink.end(),
      },
    })
    return viewer
  }

const infoOf = ({ remoteAddress, userAgent }: Mp4Request): ConnectionInfo =>
  connectionInfo({ formatName: 'mp4', protocol: 'http', remoteAddress, userAgent })

/** Seconds; `undefined` where none are asked for. */
const durationOf = (query: URLSearchParams): number | undefined => {
  const seconds = Number.parseInt(query.get('duration') ?? '', 10)
  return seconds > 0 ? Math.min(seconds, DURATION_SECONDS_MAX) : undefined
}

const rotations: Readonly<Record<string, Rotation>> = { '90': 90, '180': 180, '270': 270, '-90': 270 }

const displayOf = (query: URLSearchParams): Display => {
  const rotate = rotations[query.get('rotate') ?? '']
  const [, width, height] = /^(\d{1,5}):(\d{1,5})$/.exec(query.get('scale') ?? '')?.map(Number) ?? []
  const pixel = width && height && Math.max(width, height) <= PIXEL_SIDE_MAX ? ([width, height] as const) : undefined
  return { ...(rotate && { rotate }), ...(pixel && { pixel }) }
}
