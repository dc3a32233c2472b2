import { mp4KeyframesViewer, mseViewer } from '#media'
import { watchOnSocket } from './socket-viewer.ts'
import type { WsRequest } from './ws.ts'

/** `{"type":"mse","value":"codecs"}`: fragmented MP4 of the stream in the socket's `src`. Rejects with a sentence. */
export const mse = (request: WsRequest): Promise<void> =>
  watchOnSocket(request, visit => mseViewer({ ...visit, codecs: codecsOf(request) }))

/** `{"type":"mp4","value":"codecs"}`: each keyframe as a whole MP4. Answered with the type `mse`, as go2rtc does. */
export const mp4 = (request: WsRequest): Promise<void> =>
  watchOnSocket(request, visit => mp4KeyframesViewer({ ...visit, codecs: codecsOf(request) }))

const codecsOf = ({ value }: WsRequest): string => (typeof value === 'string' ? value : '')
