import type { StreamFact } from './streams/stream-facts.ts'

/** What the engine tells, in the past tense, with no promise that anybody listens. */
export type EngineFact = StreamFact
