import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StreamRecord } from '../commands/control-plane.ts'
import { answerError, describeRefusal, RestError, viewerSentence } from './go2rtc-errors.ts'
import { type GoValue, goJson } from './go2rtc-json.ts'
import { queryOf } from './query.ts'
import type { RestContext } from './rest-context.ts'
import { runChange } from './run-change.ts'
import { checkSources } from './source-check.ts'
import { dialedSources, oneStreamJson, streamJson } from './stream-json.ts'

/** `/api/streams`: what there is, and changing it. */
export const streams = (context: RestContext) => {
  const list = (_query: URLSearchParams, reply: FastifyReply) =>
    reply.type('application/json').send(goJson(allStreams(context)))
  const methods: Readonly<Record<string, Method>> = {
    GET: (query, reply, request) => (query.get('src') ? getOne(context, query, reply, request) : list(query, reply)),
    PUT: (query, reply, request) => (query.get('src') ? put(context, query, reply, request) : list(query, reply)),
    PATCH: (query, reply, request) => (query.get('src') ? patch(context, query, reply, request) : list(query, reply)),
    DELETE: (query, reply, request) => (query.get('src') ? remove(context, query, reply, request) : list(query, reply)),
    POST: (query, reply, request) => post(context, query, reply, request),
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

/** Those of the configuration, those made on the fly, and the other names they go by. */
const allStreams = ({ controlPlane, engine }: RestContext): ReadonlyMap<string, GoValue> => {
  const snapshots = new Map(engine.streams().map(snapshot => [snapshot.id, snapshot]))
  const all = new Map<string, GoValue>()
  for (const record of controlPlane.streams.values()) {
    all.set(record.name, streamJson(record, snapshots.get(record.id)))
    snapshots.delete(record.id)
  }
  for (const snapshot of snapshots.values()) all.set(snapshot.name, streamJson(dialedSources(snapshot), snapshot))
  for (const [alias, name] of engine.aliases()) {
    const known = all.get(name)
    if (known !== undefined && !all.has(alias)) all.set(alias, known)
  }
  return all
}

const oneJson = ({ controlPlane, engine }: RestContext, name: string): GoValue | undefined => {
  const snapshot = engine.streamByName(name)
  const record = controlPlane.streams.get(snapshot?.name ?? name)
  if (record !== undefined) return oneStreamJson(record, snapshot)
  return snapshot && oneStreamJson(dialedSources(snapshot), snapshot)
}

const getOne = async (context: RestContext, query: URLSearchParams, reply: FastifyReply, request: FastifyRequest) => {
  const name = query.get('src') ?? ''
  const asked = ['video', 'audio', 'microphone'].filter(key => query.has(key))
  const known = oneJson(context, name)
  if (known === undefined) return answerError(reply, 404)
  const json = asked.length === 0 ? known : await probed(context, name, query, request)
  return reply.type('application/json').send(goJson(json, 'pretty'))
}

/** go2rtc: a viewer that only looks has the sources dialed, and is part of the answer. */
const probed = async (
  { controlPlane, engine }: RestContext,
  name: string,
  query: URLSearchParams,
  request: FastifyRequest,
): Promise<GoValue> => {
  try {
    const who = { remoteAddress: request.caller.address, userAgent: request.headers['user-agent'] ?? '' }
    const snapshot = await engine.probeStream(name, query.toString(), who)
    return oneStreamJson(controlPlane.streams.get(snapshot.name) ?? dialedSources(snapshot), snapshot)
  } catch (error) {
    throw new RestError(500, viewerSentence(error))
  }
}

const put: ContextMethod = async (context, query, reply, request) => {
  const sources = query.getAll('src')
  const name = query.get('name') || sources[0]!
  checkSources(context.engine, sources, name)
  await runChange(context, request, { type: 'SetStream', name, sources })
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
  if (alias !== undefined) {
    // go2rtc: another name for the same stream, kept in memory only.
    if (alias.name !== name) context.engine.setAlias(name, alias.name)
    return reply.send()
  }
  checkSources(context.engine, [source], name)
  const known = controlPlane.streams.get(name)
  const sources = known === undefined ? [source] : filledIn(known, source)
  await runChange(context, request, { type: 'SetStream', name, sources })
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
  if (context.controlPlane.streams.has(name)) await runChange(context, request, { type: 'RemoveStream', name })
  return reply.send()
}

const post: ContextMethod = async (context, query, reply) => {
  const { engine, controlPlane } = context
  const [destination, source] = [query.get('dst') ?? '', query.get('src') ?? '']
  if (destination === '') return answerError(reply, 400)
  const listener = engine.streamByName(destination)
  if (listener !== undefined) {
    await play(context, listener.name, source)
    return reply.type('application/json').send(goJson(oneJson(context, listener.name) ?? null, 'pretty'))
  }
  if (controlPlane.streams.has(source))
    return answerError(reply, 500, 'streams: publishing to another server is not there yet')
  return answerError(reply, 404)
}

/** An empty source ends what is being played. */
const play = async ({ engine }: RestContext, name: string, source: string): Promise<void> => {
  if (source === '') {
    engine.stopPlaying(name)
    return
  }
  checkSources(engine, [source])
  try {
    await engine.play(name, engine.checkSource(source, 'request'))
  } catch (error) {
    throw new RestError(500, viewerSentence(error))
  }
}
