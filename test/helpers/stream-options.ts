import type { Clock } from '#media/runtime/clock.ts'
import { silentLogger } from '#media/runtime/logger.ts'
import { Pacer } from '#media/runtime/pacer.ts'
import { ExpectedPublications } from '#media/streams/expected-publications.ts'
import type { Scheme } from '#media/streams/scheme.ts'
import { SchemeRegistry } from '#media/streams/scheme-registry.ts'
import type { StreamFact } from '#media/streams/stream-facts.ts'
import type { RegistryOptions } from '#media/streams/stream-registry.ts'

/** A pacer that lets everything begin at once and stretches nothing. */
export const instantPacer = (clock: Clock): Pacer => new Pacer({ clock, burst: 1000, spacingMs: 1, random: () => 0 })

/** What streams work with, outside an engine. */
export const streamOptions = (
  clock: Clock,
  schemes: readonly Scheme[],
  facts: StreamFact[] = [],
  lingerMs = 0,
): RegistryOptions => ({
  schemes: new SchemeRegistry(schemes),
  clock,
  logger: silentLogger,
  budget: { bytesMax: 1e6, bytesUsed: 0 },
  lingerMs,
  pacer: instantPacer(clock),
  publications: new ExpectedPublications(),
  tell: fact => void facts.push(fact),
})
