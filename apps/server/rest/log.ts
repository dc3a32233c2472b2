import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerError, sentences } from './go2rtc-errors.ts'
import type { RestContext } from './rest-context.ts'

/** `/api/log`: the newest lines as JSON, one a line; DELETE forgets them. */
export const log = (context: RestContext) => (request: FastifyRequest, reply: FastifyReply) => {
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return reply.type('application/jsonlines').send(context.ring.read())
    case 'DELETE':
      context.ring.clear()
      return reply.type('text/plain').send('OK')
    default:
      return answerError(reply, 400, sentences.methodNotAllowed)
  }
}
