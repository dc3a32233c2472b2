import type { FastifyReply, FastifyRequest } from 'fastify'
import { goJson } from './go2rtc-json.ts'
import type { RestContext } from './rest-context.ts'

/** `/api/schemes`: what a source may begin with; Home Assistant leaves cameras alone whose scheme is missing. */
export const schemes = (context: RestContext) => (_request: FastifyRequest, reply: FastifyReply) =>
  reply.type('application/json').send(goJson([...context.engine.schemes].sort()))
