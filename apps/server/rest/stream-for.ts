import { type Engine, schemeOf } from '#media'
import { RestError, sentences, viewerSentence } from './go2rtc-errors.ts'
import { checkSources } from './source-check.ts'

/**
 * The name of the stream that a viewer's `src` and `name` mean: one that is there, or one made on the fly of a
 * source. Never changes a stream of the configuration. Throws a `RestError` with go2rtc's sentence.
 */
export const streamFor = (
  engine: Pick<Engine, 'findStream' | 'borrowStream' | 'checkSource'>,
  query: URLSearchParams,
): string => {
  const source = query.get('src') ?? ''
  if (source === '') throw new RestError(404, sentences.streamNotFound)
  const name = query.get('name') || source
  // go2rtc: a name beside the source is the stream's; it may be a template that waits for the source.
  const known = engine.findStream(source)
  if (known !== undefined) return known
  if (schemeOf(source) === undefined) throw new RestError(404, sentences.streamNotFound)
  checkSources(engine, [source])
  try {
    return engine.borrowStream(engine.checkSource(source, 'request'), name)
  } catch (error) {
    throw new RestError(400, viewerSentence(error))
  }
}
