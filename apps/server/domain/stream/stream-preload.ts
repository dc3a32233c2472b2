import { DomainRefusal } from '../errors.ts'

/** Characters a preload's query may have: a track or two with their codecs need some dozens. */
export const PRELOAD_CHARACTERS_MAX = 1024

/** Streams that may be kept running without viewers, as many as the engine takes: each costs what its source costs. */
export const PRELOADS_MAX = 1000

/** Throws `DomainRefusal` unless a stream could be kept running with this query. Says nothing about its codecs. */
export const checkPreload = (query: string): void => {
  if (query.length > PRELOAD_CHARACTERS_MAX)
    throw new DomainRefusal('preload_invalid', `the preload is longer than ${PRELOAD_CHARACTERS_MAX} characters`)
  if (/\p{Cc}/u.test(query) || !query.isWellFormed())
    throw new DomainRefusal('preload_invalid', 'the preload has characters that cannot be shown')
}
