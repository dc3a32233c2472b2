import { createSubscriber } from 'svelte/reactivity'
import type { Viewer } from '../../api/documents.ts'
import { readViewers } from '../../api/queries.ts'
import { sentenceOf } from '../../api/request.ts'
import { sleep } from '../../lib/abortable.ts'

/** How often a page that shows viewers asks for them. */
const PERIOD_MS = 2000

/** Who watches one stream. Asks only while something on screen reads it. */
export class ViewerList {
  #viewers = $state.raw<readonly Viewer[] | undefined>()
  #problem = $state<string | undefined>()
  readonly #listen: () => void

  constructor(name: string) {
    this.#listen = createSubscriber(() => {
      const end = new AbortController()
      void this.#follow(name, end.signal)
      return () => end.abort()
    })
  }

  /** Nothing until the server has answered once. */
  get viewers(): readonly Viewer[] | undefined {
    this.#listen()
    return this.#viewers
  }

  /** Why they are not known. */
  get problem(): string | undefined {
    return this.#problem
  }

  async #follow(name: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#viewers = (await readViewers(name, signal)) ?? []
        this.#problem = undefined
      } catch (error) {
        this.#problem = sentenceOf(error)
      }
      await sleep(PERIOD_MS, signal)
    }
  }
}
