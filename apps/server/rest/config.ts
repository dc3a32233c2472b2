import { readFile } from 'node:fs/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isOwner } from '../http/admission.ts'
import { answerError } from './go2rtc-errors.ts'
import type { RestContext } from './rest-context.ts'

/** `/api/config`: the linked file as it is. It holds passwords, so only its owner may read it. */
export const config = (context: RestContext) => async (request: FastifyRequest, reply: FastifyReply) => {
  if (context.configPath === undefined) return reply.code(410).send()
  if (!isOwner(request.caller)) return answerError(reply, 403, onlyForOwners)
  if (request.method !== 'GET' && request.method !== 'HEAD') return answerError(reply, 501, notYet)
  try {
    return reply.type('application/yaml').send(await readFile(context.configPath))
  } catch {
    return reply.code(404).send()
  }
}

const onlyForOwners =
  'The configuration file is shown on this machine only, or to those with credentials: set api.username and api.password.'

const notYet = 'Changing the file through here is not there yet: edit it, what you save is applied at once.'
