/** What a page can give to the server. */
export type Gift = 'camera' | 'display' | 'microphone' | 'speaker'

/** What the address of `webrtc.html` asks for. */
export interface WebRtcQuery {
  /** `src=porch` to watch and talk, `dst=porch` to send; empty when the address names no stream. */
  readonly stream: string
  readonly receive: readonly ('video' | 'audio')[]
  readonly give: readonly Gift[]
}

const GIFTS: readonly Gift[] = ['microphone', 'camera', 'display', 'speaker']

/** Reads `?src=porch&media=video+audio+microphone`. Without `media`: everything there is to see, or to send. */
export function parseWebRtcQuery(search: string): WebRtcQuery {
  const query = new URLSearchParams(search)
  const [src, dst] = [query.get('src'), query.get('dst')]
  const usual = src === null && dst !== null ? 'camera+microphone' : 'video+audio'
  // In an address, `+` is a blank.
  const media = (query.get('media') || usual).split(/[+\s,]+/)
  const stream = src !== null ? `src=${encodeURIComponent(src)}` : dst !== null ? `dst=${encodeURIComponent(dst)}` : ''
  return {
    stream,
    receive: (['video', 'audio'] as const).filter(kind => src !== null && media.includes(kind)),
    give: GIFTS.filter(gift => media.includes(gift)),
  }
}
