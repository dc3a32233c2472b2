import type { DialingScheme } from '../../streams/scheme.ts'
import { DialedPeer } from './dialed-peer.ts'
import type { WebRtcPort } from './webrtc-port.ts'
import { WebRtcOffError } from './webrtc-session.ts'
import { parseWebRtcSource } from './webrtc-source.ts'

/** How the scheme is made. */
export interface WebRtcSchemeOptions {
  readonly userAgent: string
  /** The port of WebRTC; `undefined` while there is none. */
  readonly port: () => WebRtcPort | undefined
}

/** Other servers by WebRTC: `webrtc:http…` posts an offer (WHEP), `webrtc:ws…` speaks go2rtc's `/api/ws`. */
export const webRtcScheme = ({ userAgent, port }: WebRtcSchemeOptions): DialingScheme => ({
  kind: 'dial',
  names: ['webrtc'],
  trustedOnly: false,
  check: source => void parseWebRtcSource(source),
  dial: async (url, context) => {
    const source = parseWebRtcSource(url)
    const opened = port()
    if (opened === undefined) throw new WebRtcOffError()
    return DialedPeer.dial({ source, context, userAgent, port: opened })
  },
})
