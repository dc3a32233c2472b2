import type { FastifyReply, FastifyRequest } from 'fastify'
import { mp4FrameViewer, mp4Viewer, type Sink } from '#media'
import { requestAddress } from './caller-address.ts'
import { answerError, sentences, viewerSentence } from './go2rtc-errors.ts'
import { answerMedia, type MediaOutput, named, watchUntilGone } from './media-output.ts'
import { queryOf } from './query.ts'
import type { RestContext } from './rest-context.ts'
import { streamFor } from './stream-for.ts'

/** Milliseconds in which a keyframe must come: as long as the engine lets a camera be without one. */
const KEYFRAME_MS_MAX = 30_000
/** Characters of a file's name. */
const FILENAME_LENGTH_MAX = 255

/** `GET /api/stream.mp4`: fragmented MP4. Safari, which cannot play it without an end, is sent to HLS, as go2rtc does. */
export const streamMp4 =
  (context: RestContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const query = queryOf(request)
    if (isSafari(request) && !query.has('duration')) return toHls(request, reply, query)
    return answerMedia(context, request, reply, output)
  }

const output: MediaOutput = {
  contentType: 'video/mp4',
  refusal: 'error',
  stream: ({ engine }, query) => streamFor(engine, query),
  headers: query => attachment(query),
  viewer: ({ query, begin, ...rest }) => mp4Viewer({ ...rest, query: query.toString(), opened: begin }),
}

/** Every other browser of its family says Chrome as well, and without a screen HeadlessChrome, which go2rtc takes for Safari. */
const isSafari = ({ headers }: FastifyRequest): boolean => {
  const agent = headers['user-agent'] ?? ''
  return agent.includes(' Safari/') && !agent.includes('Chrome/')
}

/** Relative, so that it holds behind any proxy. */
const toHls = (request: FastifyRequest, reply: FastifyReply, query: URLSearchParams): FastifyReply => {
  const asked = request.url.split('?')[1] ?? ''
  return reply
    .code(301)
    .header('location', `stream.m3u8?${asked}${query.has('mp4') ? '' : '&mp4'}`)
    .send()
}

/** `GET /api/frame.mp4`: one keyframe as a file. */
export const frameMp4 =
  (context: RestContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    // go2rtc: Chrome asks twice, first without a range, and takes the picture from the second answer.
    const chrome = request.headers['user-agent']?.includes(' Chrome/') === true
    if (chrome && request.headers.range === undefined) return reply.type('video/mp4').send()
    const query = queryOf(request)
    const name = named(context, query)
    if (name === undefined) return answerError(reply, 404, sentences.streamNotFound)
    if (request.method === 'HEAD') return reply.type('video/mp4').send()
    const frame = new FileSink(reply)
    const make = mp4FrameViewer({
      ...requestAddress(request),
      ...{ query: '', sink: frame, opened: mimeType => void reply.type(mimeType) },
    })
    try {
      const viewer = await watchUntilGone(context, name, frame, make)
      const timer = setTimeout(
        () => viewer.close({ code: 'no_keyframe', message: 'no keyframe came' }),
        KEYFRAME_MS_MAX,
      )
      const { message } = await viewer.closed.finally(() => clearTimeout(timer))
      if (frame.bytes.length === 0) return answerError(reply, 500, context.controlPlane.redact(`streams: ${message}`))
      return reply.headers(attachment(query)).send(frame.bytes)
    } catch (error) {
      return answerError(reply, 500, context.controlPlane.redact(viewerSentence(error)))
    }
  }

/** Keeps what is written, for an answer that tells its length. */
class FileSink implements Sink {
  readonly pendingBytes = 0
  readonly gone: Promise<void>
  readonly #pieces: Buffer[] = []

  constructor(reply: FastifyReply) {
    this.gone = new Promise(resolve => reply.raw.once('close', () => resolve()))
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces)
  }

  write(head: Buffer, body?: Buffer): void {
    this.#pieces.push(head)
    if (body !== undefined) this.#pieces.push(body)
  }

  end(): void {}
}

/** `filename` makes a download of it. What would end the name, or the header, is left out of it. */
const attachment = (query: URLSearchParams): Readonly<Record<string, string>> => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get into a header
  const filename = (query.get('filename') ?? '').slice(0, FILENAME_LENGTH_MAX).replace(/["\\\u0000-\u001f\u007f]/g, '')
  if (filename === '') return {}
  // Headers are Latin-1: a name beyond it is told in UTF-8, as Go sends it.
  return { 'content-disposition': Buffer.from(`attachment; filename="${filename}"`).toString('latin1') }
}
