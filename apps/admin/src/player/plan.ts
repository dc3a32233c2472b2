import { parseMode, type Way } from './ways.ts'

/** What a browser has; asked once a connection. */
export interface Abilities {
  /** `RTCPeerConnection`. */
  readonly webrtc: boolean
  /** `MediaSource` or `ManagedMediaSource`. */
  readonly mediaSource: boolean
  /** Whether a video element plays HLS by itself. */
  readonly nativeHls: boolean
}

/** How one connection begins, and what it has left. */
export interface Plan {
  /** Begun at once. WebRTC may stand beside one other way: only one may send binary messages on a socket. */
  readonly begin: readonly Way[]
  /** Begun when the first of `begin` that is not WebRTC was refused. */
  readonly fallback: Way | undefined
  /** Asked for, and not begun: why. */
  readonly passedOver: readonly { readonly way: Way; readonly reason: string }[]
  readonly tcpOnly: boolean
}

/**
 * Decides which of the ways in `mode` are begun: WebRTC, and beside it the first of MSE, HLS and MP4 stills that
 * the browser can; MJPEG when there is no other, or after that one failed. Pure.
 */
export function planOf(mode: string, abilities: Abilities): Plan {
  const { ways, tcpOnly } = parseMode(mode)
  const passedOver: { way: Way; reason: string }[] = []
  const able = (['webrtc', 'mse', 'hls', 'mp4'] as const).filter(way => {
    const reason = ways.includes(way) ? inability(way, abilities) : undefined
    if (reason !== undefined) passedOver.push({ way, reason })
    return ways.includes(way) && reason === undefined
  })
  const [first, ...others] = able.filter(way => way !== 'webrtc')
  for (const way of others) passedOver.push({ way, reason: 'not needed while a better way is tried' })
  const begin = able.filter(way => way === 'webrtc' || way === first)
  const fallback = ways.includes('mjpeg') ? 'mjpeg' : undefined
  if (begin.length === 0 && fallback !== undefined)
    return { begin: [fallback], fallback: undefined, passedOver, tcpOnly }
  return { begin, fallback, passedOver, tcpOnly }
}

function inability(way: Exclude<Way, 'mjpeg'>, { webrtc, mediaSource, nativeHls }: Abilities): string | undefined {
  switch (way) {
    case 'webrtc':
      return webrtc ? undefined : 'this browser has no WebRTC'
    case 'mse':
      return mediaSource ? undefined : 'this browser has no Media Source Extensions'
    case 'hls':
      return nativeHls ? undefined : 'this browser does not play HLS by itself'
    case 'mp4':
      return undefined
  }
}
