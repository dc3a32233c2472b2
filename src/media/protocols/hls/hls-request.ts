import type { CodecName } from '../../codecs/registry.ts'
import { codecs as knownCodecs } from '../../codecs/registry.ts'
import type { Codec, Kind } from '../../core/codec.ts'
import type { Media } from '../../core/media.ts'
import { goesIntoMp4 } from '../../formats/mp4/initialization-segment.ts'
import { goesIntoMpegTs } from '../../formats/mpegts/written-codecs.ts'
import { parseMediaRequest } from '../../streams/media-request.ts'

/** What segments are made of. */
export type HlsFormat = 'fmp4' | 'mpegts'

/** What a player gets. */
export interface HlsWish {
  readonly format: HlsFormat
  /** At most one of a kind, pictures first. */
  readonly medias: readonly Media[]
}

/** Without a filter: go2rtc's, what every player of HLS knows. */
const usual: readonly Media[] = parseMediaRequest('video=h264,h265&audio=aac')

/** Samples go into fragmented MP4 as FLAC, for those who ask for them. */
const samples: readonly string[] = ['PCMA', 'PCMU', 'L16', 'PCML']
/** What go2rtc's `mp4` stands for: with `flac` also samples, with any other value everything. */
const soundOf = (mp4: string): readonly string[] => {
  if (mp4 === '') return ['MPEG4-GENERIC']
  return mp4 === 'flac' ? ['MPEG4-GENERIC', ...samples, 'FLAC'] : ['MPEG4-GENERIC', ...samples, 'FLAC', 'OPUS', 'MPA']
}

/** Whether segments of a format take a codec of this name. */
export const hlsTakes = (format: HlsFormat): ((name: string) => boolean) =>
  format === 'fmp4' ? goesIntoMp4 : goesIntoMpegTs

/** Reads a query as go2rtc does: with any filter it is fragmented MP4, without one MPEG-TS. */
export const hlsWish = (query: string): HlsWish => {
  const asked = new URLSearchParams(query)
  if (!['mp4', 'video', 'audio'].some(key => asked.has(key))) return { format: 'mpegts', medias: usual }
  const wanted = parseMediaRequest(query)
  const mp4 = asked.get('mp4')
  const medias = (['video', 'audio'] as const).flatMap(kind => {
    const media = wanted.find(one => one.kind === kind)
    const told = kind === 'audio' && mp4 !== null ? soundOf(mp4) : media?.codecs.flatMap(codec => namesFor(codec, kind))
    const names = [...new Set(told)]
    return media === undefined || names.length === 0 ? [] : [{ ...media, codecs: names.map(name => wish(kind, name)) }]
  })
  return { format: 'fmp4', medias }
}

/** `ANY` and `ALL` are what goes into a segment, as nothing else does. */
const namesFor = ({ name }: Codec, kind: Kind): readonly string[] => {
  const goes = (one: string): boolean => goesIntoMp4(one) || samples.includes(one)
  if (name !== 'ANY' && name !== 'ALL') return goes(name) ? [name] : []
  return (Object.keys(knownCodecs) as CodecName[]).filter(one => knownCodecs[one].kind === kind && goes(one))
}

const wish = (kind: Kind, name: string): Codec => ({ kind, name, clockRate: 0, channels: 0, formatParameters: '' })
