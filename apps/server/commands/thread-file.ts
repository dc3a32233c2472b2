import { existsSync } from 'node:fs'

/**
 * Where the database threads' entry can be, seen from the bundle, from one of its chunks, and from the sources:
 * last, because in a clone the bundle sees the sources as well.
 */
const PLACES = ['./control-thread.js', '../control-thread.js', '../database/control-thread.ts'] as const

/** The file that database threads run, beside the code that asks. */
export const findThreadFile = (from: string = import.meta.url): URL =>
  PLACES.map(place => new URL(place, from)).find(file => existsSync(file)) ?? new URL(PLACES[2], from)
