/** What people call the codecs that session descriptions call otherwise. */
const SPOKEN: Readonly<Record<string, string>> = {
  'MPEG4-GENERIC': 'AAC',
  MPA: 'MP3',
  PCMA: 'G.711',
  PCMU: 'G.711',
  L16: 'PCM',
  PCML: 'PCM',
  S16B: 'PCM',
  S16L: 'PCM',
  OPUS: 'Opus',
}

/** A codec's name as people say it: `MPEG4-GENERIC` is `AAC`. */
export const spokenCodec = (name: string): string => SPOKEN[name.toUpperCase()] ?? name
