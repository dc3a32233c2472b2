import type { TextNote } from '../config/yaml-document.ts'
import type { WrittenPreload } from '../config/yaml-streams.ts'
import { DomainRefusal } from '../domain/errors.ts'
import { checkPreload } from '../domain/stream/stream-preload.ts'
import { findStreamById, findStreamByName } from '../projections/stream-list/stream-list-queries.ts'
import type { ChangeSet } from './change-set.ts'
import type { Configuration } from './configuration.ts'
import type { LinkedStream } from './linked-streams.ts'

/** The preloads of a file that can be, and what is to be said about the others. */
export interface UsablePreloads {
  readonly usable: readonly WrittenPreload[]
  readonly notes: readonly TextNote[]
}

/** Sorts out what cannot be a preload: it stays in the file and is told. */
export const usablePreloads = (preloads: readonly WrittenPreload[]): UsablePreloads => {
  const usable: WrittenPreload[] = []
  const notes: TextNote[] = []
  for (const preload of preloads) {
    try {
      checkPreload(preload.query)
      usable.push(preload)
    } catch (error) {
      if (!(error instanceof DomainRefusal)) throw error
      notes.push({ message: `${preload.name.slice(0, 64)}: ${error.message}: skipped` })
    }
  }
  return { usable, notes }
}

/** What is to be said about a preload of a stream that is nowhere. */
export const noStreamToPreload = ({ name }: WrittenPreload): TextNote => ({
  message: `${name.slice(0, 64)}: there is no such stream to preload: skipped`,
})

/**
 * Decides what a person changed under `preload:` since the file and the configuration last agreed. `now` is what
 * the file says about streams; returns it with their preloads. A preload of a stream that the file does not name is
 * that of the configuration's stream, when there is one.
 */
export const takeInPreloads = (
  preloads: readonly WrittenPreload[],
  before: readonly LinkedStream[],
  now: readonly LinkedStream[],
  changes: ChangeSet,
  configuration: Configuration,
): readonly LinkedStream[] => {
  const { vault, database } = configuration
  const queries = new Map(preloads.map(({ name, query }) => [vault.describe(name), query]))
  const set = (streamId: string, query: string | undefined): void => {
    if (findStreamById(database, streamId) === undefined) return
    changes.decide(streamId, { type: 'SetPreload', query: query === undefined ? null : vault.seal(query) })
  }
  // One that comes back comes without: what the file says counts, whether it said so before or not.
  const added = new Set(changes.events.filter(({ type }) => type === 'StreamAdded').map(({ streamId }) => streamId))
  const said = new Map(before.filter(({ streamId }) => !added.has(streamId)).map(one => [one.streamId, one.preload]))
  const linked = now.map(({ name, streamId, sources }): LinkedStream => {
    const query = queries.get(name)
    const preload = query === undefined ? undefined : vault.describe(query)
    if (said.get(streamId) !== preload) set(streamId, query)
    return { name, streamId, sources, ...(preload === undefined ? {} : { preload }) }
  })
  const named = new Set(now.map(({ name }) => name))
  for (const [name, query] of queries) {
    const stray = named.has(name) ? undefined : findStreamByName(database, name)
    if (stray !== undefined) set(stray.id, query)
  }
  return linked
}
