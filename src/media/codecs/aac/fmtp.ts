import { type Codec, formatParameter } from '../../core/codec.ts'
import { MalformedError } from '../../runtime/errors.ts'
import {
  type AudioSpecificConfig,
  formatAudioSpecificConfig,
  formatEldConfig,
  parseAudioSpecificConfig,
} from './audio-specific-config.ts'

/** Hexadecimal characters of a configuration: AAC-LC has 4, the longest real ones some 40. */
const CONFIG_CHARACTERS_MAX = 512

/** How the AU headers of a stream are laid out (RFC 3640 §4.1), in bits. */
export interface AuHeaderLayout {
  readonly sizeBits: number
  readonly indexBits: number
  readonly indexDeltaBits: number
}

/** The AudioSpecificConfig of `config=`; where it is missing or broken, the one of AAC-LC, or ELD, with the codec's rate and channels. */
export const aacConfiguration = (codec: Codec): Buffer => {
  const text = formatParameter(codec, 'config') ?? ''
  const config = text.length <= CONFIG_CHARACTERS_MAX ? Buffer.from(text, 'hex') : Buffer.alloc(0)
  if (readConfig(config) !== undefined) return config
  const format = codec.name === 'ELD' ? formatEldConfig : formatAudioSpecificConfig
  return format(codec.clockRate || 48_000, codec.channels || 1)
}

/** An AudioSpecificConfig, if it can be read. */
export const readConfig = (config: Buffer): AudioSpecificConfig | undefined => {
  try {
    return parseAudioSpecificConfig(config)
  } catch (error) {
    if (error instanceof MalformedError) return undefined
    throw error
  }
}

/** The layout that fmtp tells; where it says nothing, that of AAC-hbr, which everybody sends. */
export const auHeaderLayout = (codec: Codec): AuHeaderLayout => ({
  sizeBits: bitCount(codec, 'sizelength', 13),
  indexBits: bitCount(codec, 'indexlength', 3),
  indexDeltaBits: bitCount(codec, 'indexdeltalength', 3),
})

const bitCount = (codec: Codec, key: string, otherwise: number): number => {
  const value = Number.parseInt(formatParameter(codec, key) ?? '', 10)
  return value >= 0 && value <= 32 ? value : otherwise
}

/** `a=fmtp` of AAC with this configuration (RFC 3640 §3.3.6). */
export const formatAacParameters = (configuration: readonly Buffer[]): string => {
  const layout = 'streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3'
  const [config] = configuration
  return config === undefined ? layout : `${layout};config=${config.toString('hex').toUpperCase()}`
}
