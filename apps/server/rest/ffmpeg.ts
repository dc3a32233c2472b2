import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerError } from './go2rtc-errors.ts'
import { goJson } from './go2rtc-json.ts'
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

const never = new AbortController().signal

const answerSources = (reply: FastifyReply, rows: readonly SourceRow[]): FastifyReply => {
  if (rows.length === 0) return answerError(reply, 404, 'no sources')
  const sources = rows.map(({ name, info, url }) => ({ name: name || undefined, info: info || undefined, url }))
  return reply.type('application/json').send(goJson({ sources }))
}
