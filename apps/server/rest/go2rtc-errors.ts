import type { FastifyReply } from 'fastify'
import { describeError, SourceNotSupportedError } from '#media'
import { Refusal } from '../commands/control-plane.ts'
import { statusOf } from '../http/errors.ts'

/** go2rtc's sentences, as its clients compare them. */
export const sentences = {
  sourceNotSupported: 'streams: source not supported',
  sourceInsecure: 'streams: source from insecure producer',
  sourceWithSpaces: 'streams: source with spaces may be insecure',
  sourceEmpty: 'streams: source empty',
  streamNotFound: 'stream not found',
  exitCode: 'Code must be in the range [0, 125]',
  methodNotAllowed: 'Method not allowed',
} as const

/** An error that ends a request with a status and a text. */
export class RestError extends Error {
  override readonly name = 'RestError'
  readonly status: number

  constructor(status: number, text: string) {
    super(text)
    this.status = status
  }
}

/** Answers as Go's `http.Error`: text, and a line break even after none. */
export const answerError = (reply: FastifyReply, status: number, text = ''): FastifyReply =>
  reply.code(status).header('x-content-type-options', 'nosniff').type('text/plain; charset=utf-8').send(`${text}\n`)

/** The status and the sentence for whatever a command or the engine threw; throws on what is nobody's refusal. */
export const describeRefusal = (error: unknown): { readonly status: number; readonly text: string } => {
  if (error instanceof RestError) return { status: error.status, text: error.message }
  if (error instanceof SourceNotSupportedError) return { status: 400, text: error.go2rtcMessage }
  if (error instanceof Refusal) return { status: refusalStatus(error), text: error.message }
  throw error
}

/** go2rtc answers every refused change with 400; only our own storage is our own fault. */
const refusalStatus = (refusal: Refusal): number => (statusOf(refusal.code) >= 500 ? 500 : 400)

/** What a viewer is told in words: go2rtc's sentence for the error. */
export const viewerSentence = (error: unknown): string => {
  if (error instanceof SourceNotSupportedError) return error.go2rtcMessage
  const { code, message } = describeError(error)
  if (code === 'stream_not_found') return sentences.streamNotFound
  return code === 'nobody_listens' ? message : `streams: ${message}`
}
