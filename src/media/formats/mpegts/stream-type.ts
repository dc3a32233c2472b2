import type { GatheredStream } from '../track-gathering.ts'
import { NalElementaryStream } from './nal-elementary-stream.ts'
import type { ElementarySink, TimeUnwrapper } from './pes-reader.ts'
import type { AnnouncedStream } from './program-tables.ts'
import {
  AdtsElementaryStream,
  g711,
  MpegAudioElementaryStream,
  opus,
  WholePesElementaryStream,
} from './sound-elementary-streams.ts'

/** Begins to read an elementary stream. */
export type ElementaryStreamFactory = (out: GatheredStream, unwrapper: TimeUnwrapper) => ElementarySink

/** stream_type, ISO/IEC 13818-1 table 2-34; from 0x80 on they are private. Not here: AAC in LATM (0x11). */
const byType: Readonly<Record<number, ElementaryStreamFactory>> = {
  3: (out, unwrapper) => new MpegAudioElementaryStream(out, unwrapper),
  4: (out, unwrapper) => new MpegAudioElementaryStream(out, unwrapper),
  15: (out, unwrapper) => new AdtsElementaryStream(out, unwrapper),
  27: (out, unwrapper) => new NalElementaryStream('H264', out, unwrapper),
  36: (out, unwrapper) => new NalElementaryStream('H265', out, unwrapper),
  144: (out, unwrapper) => new WholePesElementaryStream(g711('PCMA'), out, unwrapper),
  145: (out, unwrapper) => new WholePesElementaryStream(g711('PCMU'), out, unwrapper),
}

/** PES packets of something registered. */
const PRIVATE = 6

/** How an announced stream is read; `undefined` for what we do not read. */
export const elementaryStreamFactory = (stream: AnnouncedStream): ElementaryStreamFactory | undefined => {
  if (stream.streamType === PRIVATE && stream.registration === 'Opus') {
    const channels = stream.opusChannels === 1 ? 1 : 2
    return (out, unwrapper) => new WholePesElementaryStream(opus(channels), out, unwrapper)
  }
  return byType[stream.streamType]
}
