import { nextIdentity } from '../runtime/identity.ts'

/** What producers and consumers tell of their connection, in go2rtc's words. */
export interface ConnectionInfo {
  readonly id: number
  /** `rtsp`, `mse/fmp4`, `demo`, … */
  readonly formatName: string
  /** `rtsp+tcp`, `ws`, …; empty when there is none. May become known late: a player chooses at SETUP. */
  protocol: string
  /** `ip:port`; empty when there is none. */
  remoteAddress: string
  readonly userAgent: string
  /** What it really runs or asks for, where the source as configured does not say: an `exec:` line. */
  readonly source: string
  /** What was dialed in the end, where that differs from the source as configured. */
  readonly url: string
  /** The last session description of an RTSP connection; empty otherwise. */
  sdp: string
  bytesReceived: number
  bytesSent: number
}

/** A connection's information, with a number of its own and counters at zero. */
export const connectionInfo = (
  known: Pick<ConnectionInfo, 'formatName'> &
    Partial<Pick<ConnectionInfo, 'protocol' | 'remoteAddress' | 'userAgent' | 'source' | 'url'>>,
): ConnectionInfo => ({
  id: nextIdentity(),
  protocol: '',
  remoteAddress: '',
  userAgent: '',
  source: '',
  url: '',
  sdp: '',
  bytesReceived: 0,
  bytesSent: 0,
  ...known,
})
