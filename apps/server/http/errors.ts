import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Log } from '../logging/server-log.ts'

/** HTTP statuses of the codes with which the control plane and the engine refuse. */
const statuses: Readonly<Record<string, number>> = {
  stream_not_found: 404,
  name_taken: 409,
  conflict: 409,
  superseded: 409,
  name_invalid: 400,
  source_invalid: 400,
  preload_invalid: 400,
  unsupported_scheme: 400,
  malformed_source: 400,
  too_many: 400,
  change_not_found: 404,
  position_unknown: 404,
  storage: 500,
}

/** The HTTP status for a code; 500 for one that is not known. */
export const statusOf = (code: string): number => (Object.hasOwn(statuses, code) ? statuses[code]! : 500)

/** Answers what routes throw, in go2rtc's way: text, and nothing of the inside. */
export const answerErrors = (app: FastifyInstance, log: Log): void => {
  app.setErrorHandler<Error & { statusCode?: number }>(async (error, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500)
      log.error({ path: request.routeOptions.url ?? '', error: error.stack ?? error.message }, 'request failed')
    await reply
      .code(status)
      .header('x-content-type-options', 'nosniff')
      .type('text/plain; charset=utf-8')
      .send(status >= 500 ? 'internal error, see the log\n' : `${error.message}\n`)
  })
}

/** go2rtc's answer for a path that is not there. */
export const notFound = (reply: FastifyReply): FastifyReply =>
  reply
    .code(404)
    .header('x-content-type-options', 'nosniff')
    .type('text/plain; charset=utf-8')
    .send('404 page not found\n')
