import type { AccessUnit } from '../core/access-unit.ts'
import type { Codec } from '../core/codec.ts'
import { connectionInfo } from '../core/connection-info.ts'
import type { Consumer, ViewerContext } from '../core/consumer.ts'
import { hasOneColor } from '../formats/yuv4mpeg/muxer.ts'
import { wishFor } from './byte-request.ts'
import { MuxedConsumer } from './muxed-consumer.ts'

/** Uncompressed pictures of one colour that are passed over: go2rtc's, for cameras that have just been switched on. */
const SKIPPED_MAX = 5

/** A keyframe with what a decoder needs first. */
export interface Keyframe {
  readonly codec: Codec
  /** As `AccessUnit.configuration`. */
  readonly configuration: readonly Buffer[]
  readonly unit: AccessUnit
}

/** Who wants a keyframe, and what is done with it. */
export interface KeyframeRequest {
  readonly remoteAddress: string
  readonly userAgent: string
  /** Told once, before the consumer ends; never where it ends for another reason. */
  readonly taken: (keyframe: Keyframe) => void
}

/** A viewer that takes the newest keyframe of a stream, or the next where there is none, and leaves. */
export const keyframeConsumer = (
  { taken, ...who }: KeyframeRequest,
  { clock }: Pick<ViewerContext, 'clock'>,
): Consumer => {
  let skippedCount = 0
  const consumer: MuxedConsumer = new MuxedConsumer({
    ...{ clock, info: connectionInfo({ formatName: 'keyframe', protocol: 'http', ...who }) },
    medias: [wishFor('video', ...pictureCodecs)],
    sink: { pendingBytes: 0, write: () => {}, end: () => {} },
    muxer: {
      takes: ({ name }) => pictureCodecs.includes(name),
      open: () => {},
      unit: ({ codec, configuration }, unit) => {
        const empty = codec.name === 'RAW' && skippedCount < SKIPPED_MAX && hasOneColor(codec, unit.sample)
        if (!unit.keyframe || empty) {
          skippedCount += 1
          return
        }
        taken({ codec, configuration: unit.configuration.length > 0 ? unit.configuration : configuration, unit })
        consumer.close()
      },
    },
  })
  return consumer
}

/** go2rtc's, best first. */
const pictureCodecs: readonly string[] = ['JPEG', 'RAW', 'H264', 'H265']
