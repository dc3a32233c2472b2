import type { Clock } from '../../runtime/clock.ts'
import { MediaError } from '../../runtime/errors.ts'
import type { Closeable } from '../../runtime/lifetime.ts'
import type { IceServer } from './ice-servers.ts'
import type { RemoteDescription } from './remote-description.ts'
import type { WebRtcPort } from './webrtc-port.ts'

/** WebRTC is off, or its port could not be bound. */
export class WebRtcOffError extends MediaError {
  readonly code = 'webrtc_off'

  constructor() {
    super('WebRTC is off: see webrtc.listen')
  }
}

/** Somebody who comes with an offer, to watch or to publish. */
export interface WebRtcRequest {
  readonly offer: RemoteDescription
  /** `webrtc/json`, `webrtc/whep`, …: as go2rtc's JSON says it. */
  readonly formatName: string
  /** How the offer came: `ws` or `http`. */
  readonly protocol: 'ws' | 'http'
  readonly remoteAddress: string
  readonly userAgent: string
  /** Asked in place of the configured servers; an empty list: none. */
  readonly iceServers?: readonly IceServer[]
}

/** How a session is made. */
export interface WebRtcSessionOptions extends WebRtcRequest {
  readonly clock: Clock
  readonly port: WebRtcPort
}

/** What whoever brought the offer needs: the answer, and both sides' addresses. */
export interface WebRtcSession extends Closeable {
  /** The answer to the offer, with all ways to reach us; without them for clients that are told of them later. Rejects where there is none. */
  answer(withCandidates: boolean): Promise<string>
  /** Tells the ways to reach us one by one, `candidate:…`: those that are known now, and each that is found later. */
  tellCandidates(tell: (candidate: string) => void): void
  /** Takes one of the peer's addresses: `candidate:…`, with or without the word; anything else is passed over. */
  addCandidate(text: string): void
}
