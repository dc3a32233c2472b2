import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PreloadSnapshot } from '#media'
import { answerError, viewerSentence } from './go2rtc-errors.ts'
import { type GoValue, goJson } from './go2rtc-json.ts'
import { queryOf } from './query.ts'
import type { RestContext } from './rest-context.ts'
import { consumerJson } from './stream-json.ts'

/** What a preload may ask for, in go2rtc's order; Home Assistant sends more, which means nothing. */
const KEYS = ['audio', 'microphone', 'video']

/** `/api/preload`: streams that run without viewers. Kept until the next start; those of the file begin with it. */
export const preload =
  ({ engine }: RestContext) =>
  (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const query = queryOf(request)
    const name = query.get('src') ?? ''
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return reply.type('application/json').send(goJson(all(engine.preloads())))
      case 'PUT':
        if (engine.streamByName(name) === undefined)
          return answerError(reply, 500, `streams: stream not found: ${name}`)
        try {
          engine.preload(name, asked(query))
        } catch (error) {
          return answerError(reply, 500, viewerSentence(error))
        }
        return reply.send()
      case 'DELETE':
        return engine.endPreload(name) ? reply.send() : answerError(reply, 500, `streams: preload not found: ${name}`)
      default:
        return answerError(reply, 405)
    }
  }

const all = (preloads: readonly PreloadSnapshot[]): ReadonlyMap<string, GoValue> =>
  new Map(
    preloads.map(({ stream, query, consumer }) => [
      stream,
      { consumer: consumer === undefined ? null : consumerJson(consumer), query: query || 'video&audio' },
    ]),
  )

const asked = (query: URLSearchParams): string => {
  const kept = new URLSearchParams()
  for (const key of KEYS) for (const value of query.getAll(key)) kept.append(key, value)
  return kept.toString()
}
