import { readYamlStreams } from '../config/yaml-streams.ts'
import { openDatabaseForReading, type SqliteDatabase } from '../database/open-database.ts'
import { EventStore } from '../events/event-store.ts'
import { configurationAt, differences, showConfiguration } from './config-history.ts'
import { databaseFile } from './configuration.ts'
import type {
  ConfiguredStream,
  EventPage,
  EventQuery,
  RecordedEvent,
  StreamDifference,
  YamlReading,
} from './control-plane.ts'
import type { ReaderMethods, ReaderStart } from './control-thread-messages.ts'
import { showEvents } from './recorded-event.ts'
import { usableStreams } from './take-in-file.ts'
import { usablePreloads } from './take-in-preloads.ts'

/** Events a page may have. */
const PAGE_EVENTS_MAX = 500

/** Events given at a time to one who has missed some. */
const MISSED_EVENTS_MAX = 1000

/** The one that reads: pages and history, beside the writer and never in its way. */
export class Reader implements ReaderMethods {
  readonly #database: SqliteDatabase
  readonly #store: EventStore

  constructor({ dataFolder }: ReaderStart) {
    this.#database = openDatabaseForReading(databaseFile(dataFolder))
    // It never appends: the node's id is of no use here.
    this.#store = new EventStore(this.#database, '')
  }

  events({ before, first, streamId }: EventQuery): EventPage {
    const count = Math.min(Math.max(Math.trunc(first) || 1, 1), PAGE_EVENTS_MAX)
    const page = this.#store.readPage({
      ...(before === undefined ? {} : { before }),
      ...(streamId === undefined ? {} : { streamId }),
      count: count + 1,
    })
    return { events: showEvents(this.#store, page.slice(0, count)), hasMore: page.length > count }
  }

  eventsAfter(position: number): readonly RecordedEvent[] {
    return showEvents(this.#store, this.#store.readAfter(position, MISSED_EVENTS_MAX))
  }

  configAt(position: number): readonly ConfiguredStream[] {
    return showConfiguration(configurationAt(this.#store, position))
  }

  diff({ from, to }: { readonly from: number; readonly to: number }): readonly StreamDifference[] {
    return differences(configurationAt(this.#store, from), configurationAt(this.#store, to))
  }

  readYaml(text: string): YamlReading {
    const { streams, preloads, notes, error } = readYamlStreams(text)
    const sorted = usableStreams(streams)
    const running = usablePreloads(preloads)
    return {
      ...{ streams: sorted.usable, preloads: running.usable, notes: [...notes, ...sorted.notes, ...running.notes] },
      ...(error === undefined ? {} : { error }),
    }
  }

  close(): void {
    this.#database.$client.close()
  }
}
