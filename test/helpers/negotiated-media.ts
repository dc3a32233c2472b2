import type { Codec } from '#media/core/codec.ts'
import type { Media } from '#media/core/media.ts'
import type { Offer } from '#media/streams/negotiation.ts'

/** A codec of a name. */
export const codec = (name: string, clockRate = 90_000, channels = 0): Codec => ({
  kind: clockRate === 90_000 || name === 'H264' || name === 'H265' ? 'video' : 'audio',
  name,
  clockRate,
  channels,
  formatParameters: '',
})
/** H.264 as it is offered. */
export const h264 = codec('H264')
/** H.265 as it is offered. */
export const h265 = codec('H265')
/** AAC as it is offered. */
export const aac = codec('MPEG4-GENERIC', 48_000, 2)
/** G.711 as it is offered. */
export const pcma = codec('PCMA', 8_000, 1)
/** The wish for any video. */
export const anyVideo: Codec = { ...codec('ANY', 0), kind: 'video' }

/** A media of one direction. */
export const media = (direction: Media['direction'], ...codecs: Codec[]): Media => ({
  kind: codecs[0]!.kind,
  direction,
  codecs,
  id: '0',
})
/** What a consumer wants. */
export const wants = (...codecs: Codec[]): Media => media('sendonly', ...codecs)
/** A source that was dialed. */
export const offered = (...medias: Media[]): Offer => ({ state: 'offered', medias })
/** What a source gives. */
export const has = (...codecs: Codec[]): Media => media('recvonly', ...codecs)
/** A source that was not dialed yet. */
export const undialed: Offer = { state: 'undialed' }
/** A source that could not be dialed. */
export const failed = (message: string): Offer => ({ state: 'failed', cause: { code: 'x', message } })
