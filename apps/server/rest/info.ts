import type { FastifyReply, FastifyRequest } from 'fastify'
import { compatibleVersion, ownVersion } from '../version.ts'
import { goJson } from './go2rtc-json.ts'
import type { RestContext } from './rest-context.ts'

/** `/api`: who this is; Home Assistant asks each ten seconds. */
export const info = (context: RestContext) => (request: FastifyRequest, reply: FastifyReply) =>
  reply.type('application/json').send(
    goJson({
      config_path: context.configPath,
      host: request.headers.host ?? '',
      // go2rtc: a commit there; our own version here, as `version` must stay comparable.
      revision: `sightline-${ownVersion}`,
      rtsp:
        context.rtsp.listen === ''
          ? undefined
          : { listen: context.rtsp.listen, default_query: context.rtsp.defaultQuery },
      version: compatibleVersion,
    }),
  )
