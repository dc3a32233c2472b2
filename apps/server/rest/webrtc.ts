import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseOffer } from '#media'
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

const dialects: Readonly<Record<string, Dialect>> = {
  'application/json': json,
  'application/sdp': whep,
  'application/x-www-form-urlencoded': form,
}

/** `POST /api/webrtc?src=`: an offer in one of four forms, answered in the same one with all candidates. */
export const webrtc =
  ({ engine }: RestContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (request.method === 'OPTIONS') return reply.code(204).send()
    if (request.method !== 'POST') return answerError(reply, 405)
    const source = queryOf(request).get('src') ?? ''
    if (source === '') return answerError(reply, 400)
    const stream = engine.findStream(source)
    if (stream === undefined) return answerError(reply, 404, sentences.streamNotFound)
    const type = String(request.headers['content-type'] ?? '')
      .split(';')[0]!
      .trim()
      .toLowerCase()
    const dialect = dialects[type] ?? raw
    const sdp = readOffer(dialect, request.body)
    if (sdp === undefined) return answerError(reply, 400, 'the body holds no offer')
    try {
      const consumer = await engine.watchWebRtc(stream, {
        ...{ offer: parseOffer(sdp), formatName: dialect.formatName, protocol: 'http' },
        ...requestAddress(request),
      })
      const answer = dialect.write(await consumer.answer(true))
      return await reply
        .code(dialect.status)
        .header('content-type', type === '' ? 'application/sdp' : type)
        .send(Buffer.from(answer))
    } catch (error) {
      return answerError(reply, 500, viewerSentence(error))
    }
  }

const readOffer = ({ read }: Dialect, body: unknown): string | undefined => {
  try {
    return read(Buffer.isBuffer(body) ? body.toString() : typeof body === 'string' ? body : JSON.stringify(body ?? ''))
  } catch {
    return undefined
  }
}
