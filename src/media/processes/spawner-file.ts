import { existsSync } from 'node:fs'

/**
 * Where the spawner's entry can be, seen from the bundle, from one of its chunks, and from the sources:
 * last, because in a clone the bundle sees the sources as well.
 */
const PLACES = ['./spawner-process.js', '../spawner-process.js', './spawner-process.ts'] as const

/** The file that the spawner runs, beside the code that asks. */
export const findSpawnerFile = (from: string = import.meta.url): URL =>
  PLACES.map(place => new URL(place, from)).find(file => existsSync(file)) ?? new URL(PLACES[2], from)
