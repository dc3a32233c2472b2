import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Command, StreamRecord } from '../commands/control-plane.ts'
import { answerError, describeRefusal } from './go2rtc-errors.ts'
import { type GoValue, goJson } from './go2rtc-json.ts'
import { queryOf } from './query.ts'
import type { RestContext } from './rest-context.ts'
import { checkSources } from './source-check.ts'
import { oneStreamJson, streamJson } from './stream-json.ts'

/** `/api/streams`: what there is, and changing it. */
export const streams = (context: RestContext) => {
  const list = (_query: URLSearchParams, reply: FastifyReply) =>
    reply.type('application/json').send(goJson(allStreams(context)))
  const methods: Readonly<Record<string, Method>> = {
    GET: (query, reply) => (query.get('src') ? getOne(context, query, reply) : list(query, reply)),
    PUT: (query, reply, request) => (query.get('src') ? put(context, query, reply, request) : list(query, reply)),
    PATCH: (query, reply, request) => (query.get('src') ? patch(context, query, reply, request) : list(query, reply)),
    DELETE: (query, reply, request) => (query.get('src') ? remove(context, query, reply, request) : list(query, reply)),
    POST: (query, reply) => post(context, query, reply),
  }
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const run = methods[method] ?? list
    try {
      return await run(queryOf(request), reply, request)
    } catch (error) {
      const { status, text } = describeRefusal(error)
      return answerError(reply, status, context.controlPlane.redact(text))
    }
  }
}

type Method = (
  query: URLSearchParams,
  reply: FastifyReply,
  request: FastifyRequest,
) => FastifyReply | Promise<FastifyReply>

const allStreams = ({ controlPlane, engine }: RestContext): ReadonlyMap<string, GoValue> =>
  new Map(
    [...controlPlane.streams.values()].map(record => [record.name, streamJson(record, engine.streamById(record.id))]),
  )

/** go2rtc dials for `video`, `audio` and `microphone`; here they show what is known already. */
const getOne = ({ controlPlane, engine }: RestContext, query: URLSearchParams, reply: FastifyReply): FastifyReply => {
  const record = controlPlane.streams.get(query.get('src') ?? '')
  if (record === undefined) return answerError(reply, 404)
  return reply.type('application/json').send(goJson(oneStreamJson(record, engine.streamById(record.id)), 'pretty'))
}

const put: ContextMethod = async (context, query, reply, request) => {
  const sources = query.getAll('src')
  checkSources(context.engine, sources)
  await change(context, request, { type: 'SetStream', name: query.get('name') || sources[0]!, sources })
  return reply.send()
}

type ContextMethod = (
  context: RestContext,
  query: URLSearchParams,
  reply: FastifyReply,
  request: FastifyRequest,
) => Promise<FastifyReply>

/** go2rtc keeps what PATCH did in memory only; here it is an event like every other change. */
const patch: ContextMethod = async (context, query, reply, request) => {
  const name = query.get('name') ?? ''
  const source = query.get('src') ?? ''
  if (name === '') return answerError(reply, 400)
  const { controlPlane } = context
  const alias = controlPlane.streams.get(streamInUrl(source)) ?? controlPlane.streams.get(source)
  if (alias !== undefined)
    return alias.name === name ? reply.send() : answerError(reply, 400, 'streams: aliases are not there yet')
  checkSources(context.engine, [source])
  const known = controlPlane.streams.get(name)
  const sources = known === undefined ? [source] : filledIn(known, source)
  await change(context, request, { type: 'SetStream', name, sources })
  return reply.send()
}

/** The path of an RTSP URL, whatever its host: it may name a stream of ours. */
const streamInUrl = (source: string): string => {
  const path = /^rtsp:\/\/[^/?#]*\/([^?#]*)/i.exec(source)?.[1] ?? ''
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** A template gets the source in place of its first `{input}`; every other source is replaced by it. */
const filledIn = (record: StreamRecord, source: string): readonly string[] => [
  ...new Set(record.sources.map(one => (one.includes('{input}') ? one.replace('{input}', () => source) : source))),
]

/** go2rtc: removing what is not there is no error. */
const remove: ContextMethod = async (context, query, reply, request) => {
  const name = query.get('src') ?? ''
  if (context.controlPlane.streams.has(name)) await change(context, request, { type: 'RemoveStream', name })
  return reply.send()
}

const post = ({ controlPlane }: RestContext, query: URLSearchParams, reply: FastifyReply): FastifyReply => {
  const destination = query.get('dst') ?? ''
  if (destination === '') return answerError(reply, 400)
  if (controlPlane.streams.has(destination))
    return answerError(reply, 500, 'streams: playing into a stream is not there yet')
  if (controlPlane.streams.has(query.get('src') ?? ''))
    return answerError(reply, 500, 'streams: publishing to another server is not there yet')
  return answerError(reply, 404)
}

const change = async ({ controlPlane, log }: RestContext, request: FastifyRequest, command: Command): Promise<void> => {
  const { user } = request.caller
  const outcome = await controlPlane.execute(command, { actor: user === undefined ? 'rest' : `rest:${user}` })
  if (outcome.fileProblem !== undefined)
    log.warn({ problem: outcome.fileProblem }, 'change is kept, file is not written')
}
