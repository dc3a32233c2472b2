import { mjpegViewer } from '#media'
import { watchOnSocket } from './socket-viewer.ts'
import type { WsRequest } from './ws.ts'

/** `{"type":"mjpeg"}`: one JPEG picture a message, as the camera sends them. Rejects with a sentence. */
export const mjpeg = (request: WsRequest): Promise<void> =>
  watchOnSocket(request, visit =>
    mjpegViewer({ ...visit, protocol: 'ws', opened: () => visit.sink.tell('mjpeg', '') }, 'message'),
  )
