import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PreloadSnapshot } from '#media'
import { Refusal } from '../commands/control-plane.ts'
import { answerError, RestError, viewerSentence } from './go2rtc-errors.ts'
import { type GoValue, goJson } from './go2rtc-json.ts'
import { queryOf } from './query.ts'
import type { RestContext } from './rest-context.ts'
import { runChange } from './run-change.ts'
import { consumerJson } from './stream-json.ts'

/** What a preload may ask for, in go2rtc's order; Home Assistant sends more, which means nothing. */
const KEYS = ['audio', 'microphone', 'video']

/** `/api/preload`: streams that run without viewers. */
export const preload = (context: RestContext) => async (request: FastifyRequest, reply: FastifyReply) => {
  const query = queryOf(request)
  const name = query.get('src') ?? ''
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return reply.type('application/json').send(goJson(all(context.engine.preloads())))
    case 'PUT':
      return answer(context, reply, () => begin(context, request, name, asked(query)))
    case 'DELETE':
      return answer(context, reply, () => end(context, request, name))
    default:
      return answerError(reply, 405)
  }
}

/** A stream made on the fly, or another name for one, is kept running as long as it is there itself: until the end. */
const begin = async (context: RestContext, request: FastifyRequest, name: string, query: string): Promise<void> => {
  const { controlPlane, engine } = context
  if (controlPlane.streams.has(name)) await runChange(context, request, { type: 'SetPreload', name, query })
  else if (engine.streamByName(name) === undefined) throw new RestError(500, `streams: stream not found: ${name}`)
  else engine.preload(name, query)
}

const end = async (context: RestContext, request: FastifyRequest, name: string): Promise<void> => {
  const { controlPlane, engine } = context
  if (controlPlane.streams.get(name)?.preload !== undefined)
    await runChange(context, request, { type: 'SetPreload', name, query: null })
  else if (!engine.endPreload(name)) throw new RestError(500, `streams: preload not found: ${name}`)
}

/** go2rtc answers whatever goes wrong here with 500. */
const answer = async ({ controlPlane }: RestContext, reply: FastifyReply, act: () => Promise<void>) => {
  try {
    await act()
    return reply.send()
  } catch (error) {
    return answerError(reply, 500, controlPlane.redact(error instanceof RestError ? error.message : sentence(error)))
  }
}

const sentence = (error: unknown): string =>
  error instanceof Refusal ? `streams: ${error.message}` : viewerSentence(error)

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
