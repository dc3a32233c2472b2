import { DomainRefusal } from '../errors.ts'

/** Sources a stream may have: each may become a connection to a camera. */
export const SOURCES_MAX = 32

/** Characters a source may have, the same limit as the engine's. */
export const SOURCE_CHARACTERS_MAX = 8192

/** Streams a server may have. */
export const STREAMS_MAX = 10_000

/** Throws `DomainRefusal` unless a stream could have these sources. Says nothing about their schemes. */
export const checkSources = (sources: readonly string[]): void => {
  if (sources.length > SOURCES_MAX)
    throw new DomainRefusal('too_many', `a stream can have ${SOURCES_MAX} sources, these are ${sources.length}`)
  for (const source of sources) {
    if (source === '') throw new DomainRefusal('source_invalid', 'a source is empty')
    if (source.length > SOURCE_CHARACTERS_MAX)
      throw new DomainRefusal('source_invalid', `a source is longer than ${SOURCE_CHARACTERS_MAX} characters`)
    if (source.includes('\0') || !source.isWellFormed())
      throw new DomainRefusal('source_invalid', 'a source has characters that are not text')
  }
}
