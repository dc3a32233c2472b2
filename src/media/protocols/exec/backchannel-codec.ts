import type { Codec } from '../../core/codec.ts'
import { ExecError } from './exec-errors.ts'

/** What a speaker plays that says nothing else: go2rtc's default. */
const DEFAULT_AUDIO = 'pcml/16000'

const names: Readonly<Record<string, string>> = {
  ...{ pcm_s16be: 'L16', s16be: 'L16', pcm: 'L16' },
  ...{ pcm_s16le: 'PCML', s16le: 'PCML', pcml: 'PCML' },
  ...{ pcm_alaw: 'PCMA', alaw: 'PCMA', pcma: 'PCMA', g711a: 'PCMA' },
  ...{ pcm_mulaw: 'PCMU', mulaw: 'PCMU', pcmu: 'PCMU', g711u: 'PCMU' },
  ...{ aac: 'MPEG4-GENERIC', 'mpeg4-generic': 'MPEG4-GENERIC', opus: 'OPUS', flac: 'FLAC' },
}

/** `codec[/rate[/channels]]` as a codec; what is not said may be anything. Throws `ExecError`. */
export const backchannelCodec = (text: string): Codec => {
  const [name = '', rate, channels] = (text === '' ? DEFAULT_AUDIO : text).split('/')
  const known = Object.entries(names).find(([alias]) => alias === name.toLowerCase())?.[1]
  if (known === undefined) throw new ExecError('malformed_source', `pcm: unsupported audio format: ${text}`)
  return { kind: 'audio', name: known, clockRate: numberOf(rate), channels: numberOf(channels), formatParameters: '' }
}

const numberOf = (text: string | undefined): number => (text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : 0)
