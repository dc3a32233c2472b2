import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Consumer, Sink, ViewerMaker } from '#media'
import { requestAddress } from './caller-address.ts'
import { answerError, describeRefusal, sentences, viewerSentence } from './go2rtc-errors.ts'
import { queryOf } from './query.ts'
import { ResponseSink } from './response-sink.ts'
import type { RestContext } from './rest-context.ts'

/** A viewer as its output makes it. */
export interface OutputRequest {
  readonly query: URLSearchParams
  readonly remoteAddress: string
  readonly userAgent: string
  readonly sink: Sink
  /** Sends the head, with this Content-Type; before the first byte. */
  readonly begin: (contentType: string) => void
}

/** An endpoint that sends media without an end. */
export interface MediaOutput {
  /** Without its codecs, for HEAD. */
  readonly contentType: string
  readonly viewer: (request: OutputRequest) => ViewerMaker<Consumer>
  /** The name of the stream that is meant. Default: one that is there, in `src`. Throws a `RestError`. */
  readonly stream?: (context: RestContext, query: URLSearchParams) => string | undefined
  /** Headers beside the type. */
  readonly headers?: (query: URLSearchParams) => Readonly<Record<string, string>>
  /** How a viewer that no source serves is told so: go2rtc answers some with 200 and nothing. */
  readonly refusal: 'error' | 'empty'
}

/** Answers with media until the client leaves, the stream ends, or the viewer has enough. HEAD looks and sends nothing. */
export const answerMedia = async (
  context: RestContext,
  request: FastifyRequest,
  reply: FastifyReply,
  output: MediaOutput,
): Promise<FastifyReply> => {
  const query = queryOf(request)
  const name = streamOf(context, query, output)
  if (typeof name !== 'string') return answerError(reply, name.status, context.controlPlane.redact(name.text))
  const headers = output.headers?.(query) ?? {}
  if (request.method === 'HEAD') return reply.headers(headers).type(output.contentType).send()
  const sink = new ResponseSink(reply)
  const begin = (contentType: string): void => sink.begin({ ...headers, 'content-type': contentType })
  let end: string
  try {
    const make = output.viewer({ query, ...requestAddress(request), sink, begin })
    const viewer = await watchUntilGone(context, name, sink, make)
    end = `streams: ${(await viewer.closed).message}`
  } catch (error) {
    end = viewerSentence(error)
  }
  return sink.begun ? reply : refuse(context, reply, output, end)
}

/** Feeds a viewer, which ends the moment the client leaves, even while a camera is being dialed for it. Rejects as `Engine.watch`. */
export const watchUntilGone = async (
  { engine }: RestContext,
  name: string,
  { gone }: { readonly gone: Promise<void> },
  make: ViewerMaker<Consumer>,
): Promise<Consumer> =>
  engine.watch(name, context => {
    const viewer = make(context)
    void gone.then(() => viewer.close())
    return viewer
  })

const streamOf = (
  context: RestContext,
  query: URLSearchParams,
  { stream = named }: MediaOutput,
): string | { readonly status: number; readonly text: string } => {
  try {
    return stream(context, query) ?? { status: 404, text: sentences.streamNotFound }
  } catch (error) {
    return describeRefusal(error)
  }
}

/** A stream that is there, by the name in `src`. */
export const named = ({ engine }: RestContext, query: URLSearchParams): string | undefined =>
  engine.findStream(query.get('src') ?? '')

const refuse = (
  { log, controlPlane }: RestContext,
  reply: FastifyReply,
  { refusal }: MediaOutput,
  sentence: string,
): FastifyReply => {
  const text = controlPlane.redact(sentence)
  if (refusal === 'error') return answerError(reply, 500, text)
  log.warn({ path: reply.request.routeOptions.url ?? '' }, text)
  return reply.send()
}
