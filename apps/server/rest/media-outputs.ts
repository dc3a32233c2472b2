import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  adtsViewer,
  asciiViewer,
  type ByteRequest,
  type Consumer,
  flvViewer,
  mjpegViewer,
  mpegTsViewer,
  type ViewerMaker,
  yuv4MpegViewer,
} from '#media'
import { answerMedia, type MediaOutput } from './media-output.ts'
import type { RestContext } from './rest-context.ts'

const endpoint =
  (output: MediaOutput) =>
  (context: RestContext) =>
  (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    answerMedia(context, request, reply, output)

const bytes =
  (contentType: string, make: (request: ByteRequest) => ViewerMaker<Consumer>): MediaOutput['viewer'] =>
  ({ begin, query: _query, ...who }) =>
    make({ ...who, protocol: 'http', opened: () => begin(contentType) })

/** `GET /api/stream.aac`. */
export const streamAac = endpoint({
  contentType: 'audio/aac',
  refusal: 'error',
  viewer: bytes('audio/aac', adtsViewer),
})

/** `GET /api/stream.flv`. */
export const streamFlv = endpoint({
  contentType: 'video/x-flv',
  refusal: 'empty',
  viewer: bytes('video/x-flv', flvViewer),
})

/** `GET /api/stream.ts`: MPEG-TS. */
export const streamTs = endpoint({
  contentType: 'video/mp2t',
  refusal: 'error',
  viewer: bytes('video/mp2t', mpegTsViewer),
})

/** go2rtc's: the boundary is in clients' code. */
const MULTIPART = 'multipart/x-mixed-replace; boundary=frame'

/** `GET /api/stream.ascii`: pictures as letters, for a terminal; `color`, `back` and `text` say which. */
export const streamAscii = endpoint({
  contentType: 'text/plain; charset=utf-8',
  refusal: 'empty',
  viewer: ({ begin, query, ...who }) =>
    asciiViewer({
      ...{ ...who, protocol: 'http', opened: () => begin('text/plain; charset=utf-8') },
      style: { color: query.get('color') ?? '', back: query.get('back') ?? '', text: query.get('text') ?? '' },
    }),
})

/** `GET /api/stream.y4m`: uncompressed pictures. */
export const streamY4m = endpoint({
  contentType: 'application/octet-stream',
  refusal: 'empty',
  viewer: bytes('application/octet-stream', yuv4MpegViewer),
})

/** `GET /api/stream.mjpeg`: pictures as the camera sends them. A browser shows each in place of the one before. */
export const streamMjpeg = endpoint({
  contentType: MULTIPART,
  refusal: 'empty',
  headers: () => ({ 'cache-control': 'no-cache', pragma: 'no-cache', connection: 'close' }),
  viewer: bytes(MULTIPART, request => mjpegViewer(request, 'multipart')),
})
