import type { Codec, Kind } from '../../core/codec.ts'
import type { Media } from '../../core/media.ts'
import { parseMediaRequest } from '../../streams/media-request.ts'

/** Codecs that go into MP4, by kind; samples go in as FLAC. */
const writable: Readonly<Record<Kind, readonly string[]>> = {
  video: ['H264', 'H265'],
  audio: ['MPEG4-GENERIC', 'OPUS', 'MPA', 'FLAC', 'PCMA', 'PCMU', 'L16', 'PCML'],
}

/** What go2rtc's `mp4` key stands for: nothing, `flac`, or anything else. */
const samples = ['PCMA', 'PCMU', 'L16', 'PCML', 'FLAC']
const soundOf = (value: string): readonly string[] => {
  if (value === '') return ['MPEG4-GENERIC']
  return value === 'flac' ? ['MPEG4-GENERIC', ...samples] : ['MPEG4-GENERIC', ...samples, 'OPUS', 'MPA']
}

/**
 * What a viewer of MP4 asks for in a query: go2rtc's filter. `mp4` stands for what players take, more with `mp4=flac`,
 * most with `mp4=all`; without it and without `video` and `audio`, it is as if it were there. Of several codecs,
 * those that do not go into MP4 are left out.
 */
export const mp4Medias = (query: string): readonly Media[] => {
  const mp4 = new URLSearchParams(query).get('mp4')
  const asked = mp4 === null ? parseMediaRequest(query) : []
  if (asked.length > 0) return asked.map(media => ({ ...media, codecs: narrowed(media) }))
  return [
    { kind: 'video', direction: 'sendonly', codecs: wishes('video', writable.video), id: '0' },
    { kind: 'audio', direction: 'sendonly', codecs: wishes('audio', soundOf(mp4 ?? '')), id: '1' },
  ]
}

/** Where nothing of it can be written, it stays as asked: the sentence that refuses it names it. */
const narrowed = ({ kind, codecs }: Media): readonly Codec[] => {
  const some = codecs.flatMap(codec => {
    if (codec.name === 'ANY' || codec.name === 'ALL') return wishes(kind, writable[kind])
    return writable[kind].includes(codec.name) ? [codec] : []
  })
  return some.length > 0 ? some : codecs
}

const wishes = (kind: Kind, names: readonly string[]): readonly Codec[] =>
  names.map(name => ({ kind, name, clockRate: 0, channels: 0, formatParameters: '' }))
