import type { FastifyReply, FastifyRequest } from 'fastify'
import { isViewer, parseRemoteDescription, type WebRtcRequest, type WebRtcSession } from '#media'
import { requestAddress } from './caller-address.ts'
import { answerError, sentences, viewerSentence } from './go2rtc-errors.ts'
import { goJson } from './go2rtc-json.ts'
import { queryOf } from './query.ts'
import type { RestContext } from './rest-context.ts'

/** How one kind of request carries its offer and wants its answer. */
interface Dialect {
  readonly formatName: string
  readonly status: number
  readonly read: (body: string) => string
  readonly write: (sdp: string) => string
}

const json: Dialect = {
  formatName: 'webrtc/json',
  status: 200,
  read: body => {
    const message: unknown = JSON.parse(body)
    const sdp = typeof message === 'object' && message !== null && 'sdp' in message ? message.sdp : undefined
    if (typeof sdp !== 'string') throw new TypeError('no sdp')
    return sdp
  },
  write: sdp => goJson({ type: 'answer', sdp }),
}
const whep: Dialect = { formatName: 'webrtc/whep', status: 201, read: body => body, write: sdp => sdp }
const form: Dialect = {
  formatName: 'webrtc/post',
  status: 200,
  read: body => Buffer.from(new URLSearchParams(body).get('data') ?? '', 'base64').toString(),
  write: sdp => Buffer.from(sdp).toString('base64'),
}
const raw: Dialect = { ...whep, formatName: 'webrtc/post', status: 200 }
const whip: Dialect = { ...whep, formatName: 'webrtc/whip' }

const dialects: Readonly<Record<string, Dialect>> = {
  'application/json': json,
  'application/sdp': whep,
  'application/x-www-form-urlencoded': form,
}

/** Sessions that can be ended by their address, as WHIP and WHEP have it (RFC 9725 §4.2). */
type Sessions = Map<string, WebRtcSession>

/** `/api/webrtc`: an offer to watch (`src`) in one of four forms or to publish (`dst`), answered with all candidates; DELETE ends it. */
export const webrtc = (context: RestContext) => {
  const sessions: Sessions = new Map()
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const query = queryOf(request)
    if (request.method === 'OPTIONS') return reply.code(204).send()
    if (request.method === 'DELETE') return end(sessions, query.get('id') ?? '', reply)
    if (request.method !== 'POST') return answerError(reply, 405)
    const [src, dst] = [query.get('src') ?? '', query.get('dst') ?? '']
    if (src === '' && dst === '') return answerError(reply, 400)
    const stream = context.engine.findStream(src === '' ? dst : src)
    if (stream === undefined) return answerError(reply, 404, sentences.streamNotFound)
    const type = contentType(request)
    const dialect = src === '' ? whip : (dialects[type] ?? raw)
    const sdp = readOffer(dialect, request.body)
    if (sdp === undefined) return answerError(reply, 400, 'the body holds no offer')
    try {
      const session = await begin(context, stream, dialect, sdp, src === '', request)
      const answer = dialect.write(await session.answer(true))
      if (dialect.status === 201) reply.header('location', `webrtc?id=${remember(sessions, session)}`)
      return await reply
        .code(dialect.status)
        .header('content-type', type === '' || dialect === whip ? 'application/sdp' : type)
        .send(Buffer.from(answer))
    } catch (error) {
      return answerError(reply, 500, viewerSentence(error))
    }
  }
}

const begin = async (
  { engine }: RestContext,
  stream: string,
  { formatName }: Dialect,
  sdp: string,
  publishes: boolean,
  request: FastifyRequest,
): Promise<WebRtcSession> => {
  const offer = parseRemoteDescription(sdp)
  const asked: WebRtcRequest = { offer, formatName, protocol: 'http', ...requestAddress(request) }
  return publishes || !isViewer(offer) ? engine.publishWebRtc(stream, asked) : engine.watchWebRtc(stream, asked)
}

/** Gives the session an address, which is good until its end. Nobody can guess it. */
const remember = (sessions: Sessions, session: WebRtcSession): string => {
  const id = crypto.randomUUID().replaceAll('-', '')
  sessions.set(id, session)
  void session.closed.then(() => sessions.delete(id))
  return id
}

const end = (sessions: Sessions, id: string, reply: FastifyReply): FastifyReply => {
  if (id === '') return answerError(reply, 400)
  const session = sessions.get(id)
  if (session === undefined) return answerError(reply, 404)
  session.close()
  return reply.code(200).send()
}

const contentType = ({ headers }: FastifyRequest): string =>
  String(headers['content-type'] ?? '')
    .split(';')[0]!
    .trim()
    .toLowerCase()

const readOffer = ({ read }: Dialect, body: unknown): string | undefined => {
  try {
    return read(Buffer.isBuffer(body) ? body.toString() : typeof body === 'string' ? body : JSON.stringify(body ?? ''))
  } catch {
    return undefined
  }
}
