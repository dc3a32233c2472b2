import { type Codec, formatCodec, type Kind } from './codec.ts'

/** Seen from us: `recvonly` from a camera, `sendonly` to a viewer. */
export type Direction = 'recvonly' | 'sendonly'

/** What one side can send or take of one kind; an SDP m-line, whatever the protocol. */
export interface Media {
  readonly kind: Kind
  readonly direction: Direction
  /** Best first. */
  readonly codecs: readonly Codec[]
  /** The connection's own name for it: RTSP's control attribute, WebRTC's mid. Unique within one connection. */
  readonly id: string
}

/** `video, recvonly, H264`: as in go2rtc's JSON. A codec text already contained is not repeated. */
export const formatMedia = (media: Media): string => {
  let text = `${media.kind}, ${media.direction}`
  for (const codec of media.codecs) {
    const name = formatCodec(codec)
    if (!text.includes(name)) text += `, ${name}`
  }
  return text
}
