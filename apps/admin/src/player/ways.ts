/** The ways a browser can get live pictures from the server, by their names in `mode`. */
export type Way = 'webrtc' | 'mse' | 'hls' | 'mp4' | 'mjpeg'

/** Every way, the best first. */
export const WAYS = ['webrtc', 'mse', 'hls', 'mp4', 'mjpeg'] as const satisfies readonly Way[]

const NAMES: Readonly<Record<Way, string>> = {
  webrtc: 'WebRTC',
  mse: 'MSE',
  hls: 'HLS',
  mp4: 'MP4 stills',
  mjpeg: 'MJPEG',
}

/** A way as people write it: `WebRTC`. */
export const wayName = (way: Way): string => NAMES[way]

/** What a `mode` list asks for. */
export interface Mode {
  /** Each once, in the order of the list. */
  readonly ways: readonly Way[]
  /** `webrtc/tcp`: WebRTC with its TCP addresses only. */
  readonly tcpOnly: boolean
}

/** Reads a list like `webrtc/tcp,mse`. Names that no way has are passed over, as other versions may know more. */
export function parseMode(list: string): Mode {
  const names = list.split(',').map(name => name.trim())
  const ways = names.map(name => (name === 'webrtc/tcp' ? 'webrtc' : name)).filter(isWay)
  return { ways: [...new Set(ways)], tcpOnly: names.includes('webrtc/tcp') && !names.includes('webrtc') }
}

const isWay = (name: string): name is Way => (WAYS as readonly string[]).includes(name)
