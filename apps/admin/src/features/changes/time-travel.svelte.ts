import { revertTo } from '../../api/commands.ts'
import type { ChangeResult, ConfiguredStream, StreamDifference } from '../../api/documents.ts'
import { live } from '../../api/live.svelte.ts'
import { readConfigAt, readDifferences } from '../../api/queries.ts'
import { sentenceOf } from '../../api/request.ts'
import { announce, complain } from './announce.ts'

/** What is on screen of another time. */
export type TravelDialog =
  | { readonly kind: 'look'; readonly position: number; readonly streams: readonly ConfiguredStream[] }
  | {
      readonly kind: 'return'
      readonly position: number
      readonly preview: ChangeResult
      /** From now to then. */
      readonly differences: readonly StreamDifference[]
    }

/** Looks at the configuration as it was, and brings it back. */
export class TimeTravel {
  #open = $state.raw<TravelDialog | undefined>()
  #busy = $state(false)

  get open(): TravelDialog | undefined {
    return this.#open
  }

  get busy(): boolean {
    return this.#busy
  }

  close(): void {
    this.#open = undefined
  }

  /** Shows the configuration as of a revision. */
  look(position: number): Promise<void> {
    return this.#attempt(async () => {
      this.#open = { kind: 'look', position, streams: await readConfigAt(position) }
    })
  }

  /** Shows what going back to a revision would change, and whom it would cut off. */
  askReturn(position: number): Promise<void> {
    return this.#attempt(async () => {
      const preview = await revertTo(position, { dryRun: true })
      if (preview.problem !== null) return complain(preview.problem)
      this.#open = { kind: 'return', position, preview, differences: await readDifferences(live.position, position) }
    })
  }

  /** Brings a revision back. */
  goBack(position: number): Promise<void> {
    return this.#attempt(async () => {
      const change = await revertTo(position)
      if (change.problem !== null) return complain(change.problem)
      this.close()
      announce(`The configuration is as it was at revision ${position}.`, change)
    })
  }

  async #attempt(step: () => Promise<void>): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      await step()
    } catch (error) {
      complain({ message: sentenceOf(error), remedy: null })
    }
    this.#busy = false
  }
}
