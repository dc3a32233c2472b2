import type { Codec, Kind } from '../core/codec.ts'
import type { Media } from '../core/media.ts'

/** Tracks one viewer may ask for. */
const TRACKS_MAX = 8
/** Codecs one of them may name. */
const CODECS_MAX = 16
/** Keys a query may have before the rest is passed over. */
const PAIRS_MAX = 64

/** Names people write, where they differ from SDP's. */
const aliases: Readonly<Record<string, string>> = {
  '': 'ANY',
  COPY: 'ANY',
  MJPEG: 'JPEG',
  AAC: 'MPEG4-GENERIC',
  MP3: 'MPA',
}

/**
 * What a viewer asks for in a query: go2rtc's filter. Each `video` and `audio` is one track, its
 * value a list of codecs, best first; `mp4` stands for what fits into an MP4. Other keys mean
 * nothing here. Empty when nothing is asked for: then the default query counts.
 */
export const parseMediaRequest = (query: string): readonly Media[] => {
  const pairs = [...new URLSearchParams(query)].slice(0, PAIRS_MAX)
  const mp4 = pairs.find(([key]) => key === 'mp4')?.[1]
  const wishes = mp4 === undefined ? pairs : mp4Wishes(mp4)
  return wishes
    .filter((wish): wish is [Kind, string] => wish[0] === 'video' || wish[0] === 'audio')
    .slice(0, TRACKS_MAX)
    .map(([kind, value], index) => ({
      kind,
      direction: 'sendonly',
      codecs: value.split(',', CODECS_MAX).map(name => wish(kind, name)),
      id: String(index),
    }))
}

/**
 * What a probe asks for: the filter above, and `microphone`: whether somebody would listen, in which
 * codec. Empty when nothing is asked for.
 */
export const parseProbeRequest = (query: string): readonly Media[] => {
  const voice = new URLSearchParams(query).get('microphone')
  const medias = parseMediaRequest(query)
  if (voice === null) return medias
  const codecs = voice.split(',', CODECS_MAX).map(name => wish('audio', name))
  return [...medias, { kind: 'audio', direction: 'recvonly', codecs, id: 'microphone' }]
}

const mp4Wishes = (value: string): readonly [string, string][] => [
  ['video', 'h264,h265'],
  ['audio', value === '' ? 'aac' : 'aac,opus,mp3'],
]

const wish = (kind: Kind, text: string): Codec => {
  const upper = text.trim().toUpperCase()
  return { kind, name: aliases[upper] ?? upper, clockRate: 0, channels: 0, formatParameters: '' }
}
