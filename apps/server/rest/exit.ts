import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerError, sentences } from './go2rtc-errors.ts'
import { queryOf } from './query.ts'
import type { RestContext } from './rest-context.ts'

/** `/api/exit?code=N`: ends the server. Only this machine may. */
export const exit = (context: RestContext) => (request: FastifyRequest, reply: FastifyReply) => {
  if (request.method !== 'POST') return answerError(reply, 400)
  const text = queryOf(request).get('code') ?? ''
  const code = Number(text)
  if (!/^\d{1,3}$/.test(text) || code > 125) return answerError(reply, 400, sentences.exitCode)
  if (request.caller.ring !== 'local') return answerError(reply, 403, 'Only this machine may end the server.')
  reply.raw.once('close', () => context.exit(code))
  return reply.send()
}
