import type { Problem, Stream, StreamStatus } from '../../api/documents.ts'
import { type Live, live } from '../../api/live.svelte.ts'
import { isTroubled } from './state-words.ts'

/** The stream that a page is about, found by its name. */
export class CurrentStream {
  readonly #name: () => string
  readonly #live: Live

  constructor(name: () => string, source: Live = live) {
    this.#name = name
    this.#live = source
  }

  readonly stream = $derived.by((): Stream | undefined => this.#live.find(this.#name()))
  readonly status = $derived.by((): StreamStatus | undefined =>
    this.stream === undefined ? undefined : this.#live.statuses.get(this.stream.id),
  )

  /** Why it is not live, when it should be. */
  readonly problem = $derived.by((): Problem | undefined => {
    const { status } = this
    if (status === undefined || !isTroubled(status.state)) return undefined
    return status.problem ?? status.sources.find(source => source.problem !== null)?.problem ?? undefined
  })

  /** Whether the server has been asked, so that a missing stream is missing. */
  get loaded(): boolean {
    return this.#live.loaded
  }
}
