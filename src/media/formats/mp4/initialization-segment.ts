import { type CodecName, isCodecName } from '../../codecs/registry.ts'
import type { Codec } from '../../core/codec.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { type Display, ftyp, moov } from './boxes.ts'
import { sampleEntries } from './sample-entry.ts'

/** A track to be written: its codec and what a decoder needs first. Its id is its place, from 1. */
export interface Mp4Track {
  readonly codec: Codec
  readonly configuration: readonly Buffer[]
}

/** Whether a codec of this name goes into MP4. */
export const goesIntoMp4 = (name: string): name is CodecName => isCodecName(name) && sampleEntries[name] !== null

/** What a player needs before the first fragment: `ftyp` and `moov`. Throws `MalformedError` when a configuration cannot be read. */
export const initializationSegment = (tracks: readonly Mp4Track[], display: Display = {}): Buffer => {
  const headers = tracks.map(({ codec, configuration }, index) => {
    const describe = goesIntoMp4(codec.name) ? sampleEntries[codec.name] : null
    if (describe === null) throw new MalformedError(`${codec.name} does not go into MP4`)
    const { kind, clockRate: timescale } = codec
    const { rotate = 0, pixel } = kind === 'video' ? display : {}
    return { id: index + 1, kind, timescale, rotate, ...describe(codec, configuration, pixel) }
  })
  return Buffer.concat([ftyp(), moov(headers)])
}
