import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HlsAnswer, HlsSession } from '#media'
import { requestAddress } from './caller-address.ts'
import { answerError, sentences } from './go2rtc-errors.ts'
import { queryOf } from './query.ts'
import type { RestContext } from './rest-context.ts'

const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl'
/** Digits of a number in a query: a segment each second for thirty years. */
const DIGITS_MAX = 9

/** `/api/stream.m3u8`: begins a session, and names its playlist. */
export const streamM3u8 =
  ({ engine, hls, log }: RestContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (!openToPages(request, reply)) return reply.send()
    const query = queryOf(request)
    const stream = engine.findStream(query.get('src') ?? '')
    if (stream === undefined) return answerError(reply, 404, sentences.streamNotFound)
    reply.type(PLAYLIST_TYPE).header('cache-control', 'no-cache')
    // Whoever only looks begins nothing.
    if (request.method === 'HEAD') return reply.send()
    try {
      const session = await hls.open({ stream, query: query.toString(), ...requestAddress(request) })
      return reply.send(session.master)
    } catch (error) {
      log.warn({ error: error instanceof Error ? error.message : String(error) }, 'HLS')
      // go2rtc: whoever cannot be served gets nothing, and is not told so.
      return reply.send('')
    }
  }

/** `/api/hls/playlist.m3u8`. Players that know it wait for a part by `_HLS_msn` and `_HLS_part`. */
export const hlsPlaylist = endpoint(PLAYLIST_TYPE, (session, query) => {
  const [number, part] = [numberIn(query, '_HLS_msn'), numberIn(query, '_HLS_part')]
  return number === 'nonsense' || part === 'nonsense' ? refused : session.playlist(number, part)
})

/** `/api/hls/init.mp4`: what comes before the segments. */
export const hlsInitialization = endpoint('video/mp4', (session, query) => {
  const number = numberIn(query, 'n')
  return number === 'nonsense' ? refused : session.initialization(number)
})

const segment = (session: HlsSession, query: URLSearchParams): Promise<HlsAnswer> => {
  const [number, part] = [numberIn(query, 'n'), numberIn(query, 'part')]
  return number === 'nonsense' || part === 'nonsense' ? refused : session.segment(number, part)
}

/** `/api/hls/segment.m4s`: `n` is the segment's number, `part` one of its parts. */
export const hlsSegment = endpoint('video/iso.segment', segment)

/** `/api/hls/segment.ts`: the same of MPEG-TS. */
export const hlsTransportSegment = endpoint('video/mp2t', segment)

const refused: Promise<HlsAnswer> = Promise.resolve({ kind: 'refused' })

type Ask = (session: HlsSession, query: URLSearchParams) => Promise<HlsAnswer>

/** An endpoint of a session: by its `id`, for every page. */
function endpoint(type: string, ask: Ask) {
  return ({ hls }: RestContext) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      if (!openToPages(request, reply)) return reply.send()
      const query = queryOf(request)
      const session = hls.find(query.get('id') ?? '')
      if (session === undefined) return answerError(reply, 404)
      const answer = await ask(session, query)
      switch (answer.kind) {
        case 'found':
          if (type === PLAYLIST_TYPE) reply.header('cache-control', 'no-cache')
          return reply.type(type).header('content-length', answer.sizeBytes).send(Readable.from(answer.pieces))
        case 'absent':
          return answerError(reply, 404)
        case 'refused':
          return answerError(reply, 400)
        case 'late':
          return answerError(reply.header('retry-after', '1'), 503)
      }
    }
}

/** Any page may play HLS. Whether there is more to be answered than that. */
const openToPages = (request: FastifyRequest, reply: FastifyReply): boolean => {
  reply.header('access-control-allow-origin', '*')
  if (request.method !== 'OPTIONS') return true
  reply.header('access-control-allow-methods', 'GET')
  return false
}

const numberIn = (query: URLSearchParams, key: string): number | 'nonsense' | undefined => {
  const text = query.get(key)
  if (text === null) return undefined
  return text.length <= DIGITS_MAX && /^\d+$/.test(text) ? Number(text) : 'nonsense'
}
