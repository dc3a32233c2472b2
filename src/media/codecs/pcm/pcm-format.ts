import type { Codec } from '../../core/codec.ts'

/** Hz of telephones' samples, halved, to those of studios. Beyond, a description is a mistake or a trap. */
const RATE_MIN = 4000
const RATE_MAX = 192_000
/** Cameras have one microphone or two. */
const CHANNELS_MAX = 2

/** The codecs that are samples and nothing else. */
export type PcmName = 'PCMU' | 'PCMA' | 'L16' | 'PCML'

/** How samples are written. */
export interface PcmFormat {
  readonly name: PcmName
  /** Hz. */
  readonly rate: number
  readonly channels: 1 | 2
  /** Bytes of one sample of each channel. */
  readonly blockBytes: number
}

const sampleBytes: Readonly<Record<PcmName, number>> = { PCMU: 1, PCMA: 1, L16: 2, PCML: 2 }

/** How a codec's samples are written; `undefined` when they are none we read: another codec, rate or number of channels. */
export const pcmFormatOf = (codec: Codec): PcmFormat | undefined => {
  const { name, clockRate: rate } = codec
  const channels = codec.channels || 1
  if (!isPcmName(name) || !(rate >= RATE_MIN && rate <= RATE_MAX) || channels > CHANNELS_MAX) return undefined
  return { name, rate, channels: channels === 1 ? 1 : 2, blockBytes: sampleBytes[name] * channels }
}

const isPcmName = (name: string): name is PcmName => Object.hasOwn(sampleBytes, name)
