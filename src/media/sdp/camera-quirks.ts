import { type Codec, formatParameter } from '../core/codec.ts'
import { MalformedError } from '../runtime/errors.ts'
import {
  parseSessionDescription,
  type SdpAttribute,
  type SdpMedia,
  type SessionDescription,
} from './session-description.ts'

/**
 * Reads a description that a camera wrote: as the standard says, and if that fails, with one
 * repair after another. Throws what the strict parser says of the last try.
 */
export const parseLeniently = (text: string): SessionDescription => {
  let repaired = text
  for (const repair of [dropNames, dropConnections, replaceSession]) {
    const parsed = tryParse(repaired)
    if (parsed !== undefined) return parsed
    repaired = repair(repaired)
  }
  return parseSessionDescription(repaired)
}

const tryParse = (text: string): SessionDescription | undefined => {
  try {
    return parseSessionDescription(text)
  } catch (error) {
    if (error instanceof MalformedError) return undefined
    throw error
  }
}

/** QUIRK several `s=` lines, of a camera in AlexxIT/WebRTC#417: the name means nothing here. */
export const dropNames = (text: string): string => text.replace(/^s=.*(?:\r?\n|$)/gm, '')

/** QUIRK `c=` or `c=IN` without an address, of Sony SNC-WR630 (bluenviron/mediamtx#85): over TCP nobody reads it. */
export const dropConnections = (text: string): string => text.replace(/^c=.*(?:\r?\n|$)/gm, '')

/** QUIRK no `v=0`, or lines that are none before the first `m=`, of the camera in AlexxIT/go2rtc#679. */
export const replaceSession = (text: string): string => {
  const at = text.search(/^m=/m)
  return at < 0 ? text : `v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n${text.slice(at)}`
}

/** QUIRK video called `a=sendonly`, from the camera's side, of D-Link cameras with `o=CV-RTSPHandler` (AlexxIT/go2rtc#771). */
export const callsItselfSender = ({ origin }: SessionDescription): boolean => origin.startsWith('CV-RTSPHandler ')

/** QUIRK the raw PCM of Hikvision is called `PCM` and is little-endian; the name of the standard would be `L16`. */
export const renamePcm = (codec: Codec): Codec => (codec.name === 'PCM' ? { ...codec, name: 'PCML' } : codec)

/** QUIRK Opus with other figures than RFC 7587 §7 prescribes, of cheap cameras: it is always 48 000 Hz and two channels. */
export const withStandardOpus = (codec: Codec): Codec =>
  codec.name === 'OPUS' ? { ...codec, clockRate: 48_000, channels: 2 } : codec

/** QUIRK H.264 whose `a=fmtp` stands under another `m=` line, of the camera in AlexxIT/WebRTC#419: found by its payload type. */
export const withParametersFromElsewhere = (codec: Codec, medias: readonly SdpMedia[]): Codec => {
  if (codec.name !== 'H264' || codec.formatParameters !== '' || codec.payloadType === undefined) return codec
  for (const media of medias) {
    const formatParameters = formatParametersOf(media.attributes, codec.payloadType)
    if (formatParameters !== '') return { ...codec, formatParameters }
  }
  return codec
}

/** QUIRK H.265 that tells some of its parameter sets only: a decoder is better off waiting for those in the stream. */
export const withCompleteParameterSets = (codec: Codec): Codec => {
  if (codec.name !== 'H265') return codec
  const told = ['sprop-vps', 'sprop-sps', 'sprop-pps'].filter(key => formatParameter(codec, key))
  return told.length === 0 || told.length === 3 ? codec : { ...codec, formatParameters: '' }
}

/** Kilobits a second of 16-bit PCM, and what they must be. */
const pcmRates: ReadonlyMap<number, readonly [clockRate: number, channels: number]> = new Map([
  [128, [8_000, 1]],
  [256, [16_000, 1]],
  [352, [22_050, 1]],
  [512, [32_000, 1]],
  [705, [44_100, 1]],
  [768, [48_000, 1]],
  [1411, [44_100, 2]],
  [1536, [48_000, 2]],
])

/**
 * QUIRK audio of payload type 96 to 98 without `a=rtpmap`: what ffmpeg writes for `pcm_s16le`. Its
 * bandwidth tells the rate.
 */
export const guessPcm = (payloadType: number, media: SdpMedia): Codec | undefined => {
  if (media.type !== 'audio' || payloadType < 96 || payloadType > 98) return undefined
  const bandwidth = media.bandwidths.map(line => /^AS:(\d+)$/.exec(line)?.[1]).find(found => found !== undefined)
  const [clockRate, channels] = pcmRates.get(Number(bandwidth)) ?? []
  if (clockRate === undefined || channels === undefined) return undefined
  return { kind: 'audio', name: 'PCML', clockRate, channels, formatParameters: '', payloadType }
}

/** What `a=fmtp` says of a payload type; empty when nothing. */
export const formatParametersOf = (attributes: readonly SdpAttribute[], payloadType: number): string => {
  const start = `${payloadType} `
  const found = attributes.find(([name, value]) => name === 'fmtp' && value.startsWith(start))
  return found?.[1].slice(start.length).trim() ?? ''
}
