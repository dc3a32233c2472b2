import { retain } from '../../bytes/retain.ts'
import { MalformedError } from '../../runtime/errors.ts'
import type { NalSyntax } from './nal-syntax.ts'

/** Sets of one track: encoders send one of each kind, some a few more. */
const SETS_MAX = 32
/** Bytes of one set: an MP4 sample entry counts them in 16 bits, real ones stay below a thousand. */
const SET_BYTES_MAX = 4096

/** The newest parameter sets of a track, by kind and id. */
export class ParameterSets {
  readonly #syntax: NalSyntax
  readonly #sets = new Map<number, Buffer>()
  #configuration: readonly Buffer[] | undefined

  constructor(syntax: NalSyntax, known: readonly Buffer[]) {
    this.#syntax = syntax
    for (const nal of known) this.remember(nal)
  }

  /** Every set, by kind, then by id; the same array until one changes. Empty while a kind is missing. */
  get configuration(): readonly Buffer[] {
    this.#configuration ??= this.#collect()
    return this.#configuration
  }

  /** Keeps a copy of a set that is new. What is too large or broken is passed over. */
  remember(nal: Buffer): void {
    for (const known of this.#sets.values()) if (known.equals(nal)) return
    const key = this.#keyOf(nal)
    if (key === undefined || nal.length > SET_BYTES_MAX) return
    if (this.#sets.size >= SETS_MAX && !this.#sets.has(key)) return
    this.#sets.set(key, retain(nal))
    this.#configuration = undefined
  }

  #keyOf(nal: Buffer): number | undefined {
    try {
      return this.#syntax.parameterSetKey(nal)
    } catch (error) {
      if (error instanceof MalformedError) return undefined
      throw error
    }
  }

  #collect(): readonly Buffer[] {
    const keys = [...this.#sets.keys()].sort((one, other) => one - other)
    const kinds = new Set(keys.map(key => key >> 8))
    return kinds.size < this.#syntax.parameterSetKinds ? [] : keys.map(key => this.#sets.get(key)!)
  }
}
