import { createSubscriber } from 'svelte/reactivity'
import type { LogEvent } from '../../api/documents.ts'
import { type Live, live } from '../../api/live.svelte.ts'
import { readEvents } from '../../api/queries.ts'
import { sentenceOf } from '../../api/request.ts'
import { type ChangeSet, groupChanges } from './change-set.ts'

const PAGE_EVENTS = 50

/** The log of the configuration, newest first: read by pages, kept live while something on screen reads it. */
export class ChangeLog {
  #events = $state.raw<readonly LogEvent[]>([])
  #state = $state<'loading' | 'ready' | 'failed'>('loading')
  #problem = $state<string | undefined>()
  #hasMore = $state(false)
  readonly #streamId: string | undefined
  readonly #listen: () => void

  /** Of one stream, or of everything. */
  constructor(streamId?: string, source: Live = live) {
    this.#streamId = streamId
    this.#listen = createSubscriber(() => {
      // Whatever happened while nobody looked is read again.
      void this.#read()
      return source.onEvents(events => this.#receive(events))
    })
  }

  readonly changes = $derived.by((): readonly ChangeSet[] => {
    this.#listen()
    return groupChanges(this.#events)
  })

  get state(): 'loading' | 'ready' | 'failed' {
    return this.#state
  }

  get problem(): string | undefined {
    return this.#problem
  }

  get hasMore(): boolean {
    return this.#hasMore
  }

  /** Reads the next older page; or again, after a failure. */
  async readMore(): Promise<void> {
    await this.#read(this.#events.at(-1)?.position)
  }

  async #read(before?: number): Promise<void> {
    this.#state = 'loading'
    try {
      const page = await readEvents({
        first: PAGE_EVENTS,
        ...(before !== undefined && { before }),
        ...(this.#streamId !== undefined && { streamId: this.#streamId }),
      })
      this.#events = merged(before === undefined ? [] : this.#events, page.events)
      this.#hasMore = page.hasMore
      this.#state = 'ready'
    } catch (error) {
      this.#problem = sentenceOf(error)
      this.#state = 'failed'
    }
  }

  #receive(events: readonly LogEvent[]): void {
    const mine = this.#streamId === undefined ? events : events.filter(event => event.streamId === this.#streamId)
    if (mine.length > 0) this.#events = merged(this.#events, mine)
  }
}

/** Both lists as one, newest first, each event once: a page and the feed may tell the same. */
function merged(one: readonly LogEvent[], other: readonly LogEvent[]): readonly LogEvent[] {
  const byPosition = new Map([...one, ...other].map(event => [event.position, event]))
  return [...byPosition.values()].toSorted((a, b) => b.position - a.position)
}
