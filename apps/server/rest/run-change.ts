import type { FastifyRequest } from 'fastify'
import type { Command } from '../commands/control-plane.ts'
import type { RestContext } from './rest-context.ts'

/** Runs a command for whoever made the request. Rejects with `Refusal`; a file that cannot be written is only told. */
export const runChange = async (
  { controlPlane, log }: Pick<RestContext, 'controlPlane' | 'log'>,
  request: FastifyRequest,
  command: Command,
): Promise<void> => {
  const { user } = request.caller
  const outcome = await controlPlane.execute(command, { actor: user === undefined ? 'rest' : `rest:${user}` })
  if (outcome.fileProblem !== undefined)
    log.warn({ problem: outcome.fileProblem }, 'change is kept, file is not written')
}
