import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type CloseReason, describeError, type PublishedFormat } from '#media'
import { requestAddress } from './caller-address.ts'
import { answerError, sentences } from './go2rtc-errors.ts'
import { queryOf } from './query.ts'
import type { RestContext } from './rest-context.ts'

/** Paths that take the body of a POST as a stream's source, and the format each stands for; none: it is found out. */
const formats: Readonly<Record<string, PublishedFormat | undefined>> = {
  '/api/stream': undefined,
  '/api/stream.ascii': 'mpjpeg',
  '/api/stream.flv': 'flv',
  '/api/stream.mjpeg': 'mpjpeg',
  '/api/stream.ts': 'mpegts',
}

/** Whether POST on this path publishes. */
export const takesMedia = (path: string): boolean => Object.hasOwn(formats, path)

/** Adds them. Their bodies have no end and no size: they are not read before the route, as all others are. */
export const addIngest = (app: FastifyInstance, context: RestContext): void => {
  void app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _body, done) => done(null))
    for (const [url, format] of Object.entries(formats)) {
      // go2rtc: the path without a format takes every method.
      const method = format === undefined ? ['POST', 'PUT', 'PATCH', 'GET'] : ['POST']
      scope.route({ method, url, exposeHeadRoute: false, handler: publish(context, format) })
    }
  })
}

/** Answers when the body has ended: 200, or 500 and what was wrong with it. */
const publish =
  ({ engine, controlPlane }: RestContext, format: PublishedFormat | undefined) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    // Whatever is left of a body that nobody wants ends with its connection.
    reply.header('connection', 'close')
    const query = queryOf(request)
    const name = engine.findStream(query.get('dst') ?? '')
    if (name === undefined) return answerError(reply, 404, sentences.streamNotFound)
    const body = request.raw
    const { remoteAddress, userAgent } = requestAddress(request)
    const flow = { pause: () => void body.pause(), resume: () => void body.resume() }
    using bytes = engine.publish(name, { ...{ remoteAddress, userAgent, flow }, ...(format && { format }) })
    body.on('data', (chunk: Buffer) => bytes.push(chunk))
    body.once('end', () => bytes.end(bodyEnded))
    body.once('close', () => bytes.end(brokenOff))
    try {
      const { code, message } = await bytes.over
      return code === bodyEnded.code ? reply.send() : answerError(reply, 500, controlPlane.redact(message))
    } catch (error) {
      return answerError(reply, 500, controlPlane.redact(describeError(error).message))
    } finally {
      body.pause()
    }
  }

const bodyEnded: CloseReason = { code: 'body_ended', message: 'whoever published here has sent everything' }
const brokenOff: CloseReason = { code: 'broken_off', message: 'whoever published here has left' }
