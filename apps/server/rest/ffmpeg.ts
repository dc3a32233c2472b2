import type { FastifyReply, FastifyRequest } from 'fastify'
import { SourceNotSupportedError } from '#media'
import { isOwner } from '../http/admission.ts'
import { answerError, sentences, viewerSentence } from './go2rtc-errors.ts'
import { goJson } from './go2rtc-json.ts'
import { queryOf } from './query.ts'
import type { RestContext } from './rest-context.ts'

/** One row of a list of sources; empty fields are left out. */
interface SourceRow {
  readonly name?: string
  readonly info?: string
  readonly url: string
}

/** `/api/ffmpeg/devices`: sources that this machine's own cameras and microphones offer. */
export const ffmpegDevices =
  ({ engine }: RestContext) =>
  async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    answerSources(reply, await engine.devices(never))

/** `/api/ffmpeg/hardware`: what can encode here. Trying it takes some ten seconds: who asks meanwhile gets the same answer. */
export const ffmpegHardware = ({ engine }: RestContext) => {
  let running: ReturnType<RestContext['engine']['encoders']> | undefined
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    running ??= engine.encoders(never).finally(() => {
      running = undefined
    })
    return answerSources(reply, await running)
  }
}

/**
 * `POST /api/ffmpeg?dst=` with `file=`, `live=` or `text=`: plays it into a camera's speaker, in a codec it
 * understands. Files of this machine are for its owner; addresses for everybody who may ask.
 */
export const ffmpegPlay =
  ({ engine }: RestContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (request.method !== 'POST') return answerError(reply, 405)
    const query = queryOf(request)
    const name = query.get('dst') ?? ''
    if (engine.streamByName(name) === undefined) return answerError(reply, 404, sentences.streamNotFound)
    const source = announcement(query)
    if (source === undefined) return answerError(reply, 400)
    try {
      const origin = isOwner(request.caller) ? 'configuration' : 'request'
      await engine.play(name, engine.checkSource(source, origin))
      return reply.send()
    } catch (error) {
      return answerError(reply, error instanceof SourceNotSupportedError ? 400 : 500, viewerSentence(error))
    }
  }

/** What should be played, as a source; `undefined` when nothing that can be is named. */
const announcement = (query: URLSearchParams): string | undefined => {
  const [file, live, text] = [query.get('file'), query.get('live'), query.get('text')]
  if (file) return asArgument(file) && `ffmpeg:${file}#audio=auto#input=file`
  if (live) return asArgument(live) && `ffmpeg:${live}#audio=auto`
  // go2rtc: what would end the text inside ffmpeg's filter.
  if (!text || /['"&%$]/.test(text)) return undefined
  const voice = query.get('voice')
  return `ffmpeg:tts?text=${text}${voice ? `&voice=${voice}` : ''}#audio=auto`
}

/** Parameters and spaces would make more of it than one address. */
const asArgument = (text: string): string | undefined => (/[\s#]/.test(text) ? undefined : text)

const never = new AbortController().signal

const answerSources = (reply: FastifyReply, rows: readonly SourceRow[]): FastifyReply => {
  if (rows.length === 0) return answerError(reply, 404, 'no sources')
  const sources = rows.map(({ name, info, url }) => ({ name: name || undefined, info: info || undefined, url }))
  return reply.type('application/json').send(goJson({ sources }))
}
