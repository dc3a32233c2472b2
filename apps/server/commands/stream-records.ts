import { resolveVariables } from '../config/environment.ts'
import { showTemplate } from '../config/secret-template.ts'
import { findStreamById, type ListedStream, listStreams } from '../projections/stream-list/stream-list-queries.ts'
import type { Configuration } from './configuration.ts'
import type { RecordedEvent, StreamRecord } from './control-plane.ts'

/** Streams as the main thread keeps them, and the values of variables that went into them. */
export interface Records {
  readonly records: readonly StreamRecord[]
  readonly secrets: readonly string[]
}

/** Every stream there is. */
export const allRecords = (configuration: Configuration): Records =>
  recordsOf(listStreams(configuration.database), configuration)

/** The streams that events touched and that are there now, and the identities of those that are gone. */
export const touchedRecords = (
  events: readonly RecordedEvent[],
  configuration: Configuration,
): Records & { readonly removed: readonly string[] } => {
  const ids = [...new Set(events.map(event => event.streamId))]
  const found = ids.map(id => findStreamById(configuration.database, id))
  const present = found.filter(listed => listed !== undefined)
  return { ...recordsOf(present, configuration), removed: ids.filter((_id, index) => found[index] === undefined) }
}

const recordsOf = (streams: readonly ListedStream[], configuration: Configuration): Records => {
  const { vault, environment } = configuration
  const secrets: string[] = []
  const records = streams.map(({ id, name, sources, preload, position, updatedAt }): StreamRecord => {
    const resolved = sources.map(template => resolveVariables(vault.open(template), environment))
    secrets.push(...resolved.flatMap(source => source.secrets))
    return {
      ...{ id, position, updatedAt },
      name: vault.open(name),
      sources: resolved.map(source => source.text),
      shownSources: sources.map(showTemplate),
      ...(preload === undefined ? {} : preloadOf(preload, configuration)),
    }
  })
  return { records, secrets }
}

/** What a variable stands for here is a choice of tracks, no secret: hiding it would hide words such as `video`. */
const preloadOf = (template: string, { vault, environment }: Configuration) => ({
  preload: resolveVariables(vault.open(template), environment).text,
  shownPreload: showTemplate(template),
})
