import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SnapshotChange } from '#media'
import { requestAddress } from './caller-address.ts'
import { parseGoDuration } from './go-duration.ts'
import { answerError, describeRefusal, viewerSentence } from './go2rtc-errors.ts'
import { queryOf } from './query.ts'
import type { RestContext } from './rest-context.ts'
import { streamFor } from './stream-for.ts'

/** Pixels of a side that can be asked for: 8K. What is beyond is passed over. */
const SIDE_PIXELS_MAX = 7680
/** go2rtc's: every picture is asked for anew, on a connection of its own. */
const headers = { 'cache-control': 'no-cache', connection: 'close', pragma: 'no-cache' } as const

/** `GET /api/frame.jpeg`: the newest keyframe as a picture. HEAD looks for the stream and makes none. */
export const frameJpeg =
  (context: RestContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { engine, controlPlane } = context
    const query = queryOf(request)
    let name: string
    try {
      name = streamFor(engine, query)
    } catch (error) {
      const { status, text } = describeRefusal(error)
      return answerError(reply, status, controlPlane.redact(text))
    }
    if (request.method === 'HEAD') return reply.headers(headers).type('image/jpeg').send()
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    try {
      const { jpeg } = await engine.snapshot(name, {
        ...{ ...requestAddress(request), change: changeOf(query), signal: gone.signal },
        ageMsMax: parseGoDuration(query.get('cache') ?? '') ?? 0,
      })
      return reply.headers(headers).type('image/jpeg').send(jpeg)
    } catch (error) {
      return answerError(reply, 500, controlPlane.redact(viewerSentence(error)))
    }
  }

const rotations: ReadonlySet<string> = new Set(['90', '180', '270', '-90'])

/** What a query asks to be done with a picture. What is no number, or not a sensible one, is passed over. */
export const changeOf = (query: URLSearchParams): SnapshotChange => {
  const width = sideOf(query.get('width') ?? query.get('w'))
  const height = sideOf(query.get('height') ?? query.get('h'))
  const rotate = query.get('rotate') ?? ''
  const hardware = query.get('hardware') ?? query.get('hw')
  return {
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(rotations.has(rotate) && { rotate: Number(rotate) }),
    ...(hardware !== null && { hardware: engines.has(hardware) ? hardware : 'software' }),
  }
}

/** go2rtc's, and the one that is found. */
const engines: ReadonlySet<string> = new Set(['', 'vaapi', 'v4l2m2m', 'cuda', 'dxva2', 'videotoolbox', 'rkmpp'])

const sideOf = (text: string | null): number | undefined => {
  const pixels = /^\d{1,5}$/.test(text ?? '') ? Number(text) : 0
  return pixels > 0 && pixels <= SIDE_PIXELS_MAX ? pixels : undefined
}
