import type { FastifyReply, FastifyRequest } from 'fastify'
import { type MpegTsConsumer, mpegTsViewer } from '#media'
import { ResponseSink } from '../http/response-sink.ts'
import { answerError, sentences, viewerSentence } from './go2rtc-errors.ts'
import { queryOf } from './query.ts'
import type { RestContext } from './rest-context.ts'
import { requestAddress } from './viewer-address.ts'

/** `/api/stream.ts`: a stream as MPEG-TS, for as long as the client takes it. */
export const streamTs =
  ({ engine, controlPlane }: RestContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const stream = engine.findStream(queryOf(request).get('src') ?? '')
    if (stream === undefined) return answerError(reply, 404, sentences.streamNotFound)
    const headers = { 'content-type': 'video/mp2t' }
    if (request.method === 'HEAD') return reply.headers(headers).send()
    let gone = false
    let viewer: MpegTsConsumer | undefined
    const left = (): void => {
      gone = true
      viewer?.close()
    }
    const sink = new ResponseSink(reply.raw, { ...headers, ...plainHeaders(reply) }, left)
    try {
      viewer = await engine.watch(stream, mpegTsViewer({ ...requestAddress(request), sink }))
    } catch (error) {
      return answerError(reply, 500, controlPlane.redact(viewerSentence(error)))
    }
    reply.hijack()
    if (gone) viewer.close()
    void viewer.closed.then(() => reply.raw.end())
    return reply
  }

/** What was set for the answer before it became a stream: CORS. */
const plainHeaders = (reply: FastifyReply): Record<string, string> =>
  Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]))
