import { showTemplate } from '../config/secret-template.ts'
import { type StreamState, sameSources, stream } from '../domain/stream/stream.ts'
import type { EventStore } from '../events/event-store.ts'
import { type ConfiguredStream, Refusal, type StreamDifference } from './control-plane.ts'
import type { StreamShape } from './plan-changes.ts'

/** The streams that were there at a revision, by identity. Throws `Refusal` `position_unknown`. */
export const configurationAt = (store: EventStore, position: number): ReadonlyMap<string, StreamShape> => {
  checkPosition(store, position)
  const states = new Map<string, StreamState>()
  for (const { streamId, event } of store.readAll(0, position))
    states.set(streamId, stream.evolve(states.get(streamId) ?? stream.initial, event))
  const present = new Map<string, StreamShape>()
  for (const [id, state] of states) if (state.status === 'present') present.set(id, state)
  return present
}

/** A configuration for people: secrets hidden, by name. */
export const showConfiguration = (streams: ReadonlyMap<string, StreamShape>): readonly ConfiguredStream[] =>
  [...streams].map(([id, shape]) => showStream(id, shape)).sort(byName)

/** What is different between two configurations, by name. */
export const differences = (
  before: ReadonlyMap<string, StreamShape>,
  after: ReadonlyMap<string, StreamShape>,
): readonly StreamDifference[] => {
  const ids = new Set([...before.keys(), ...after.keys()])
  return [...ids]
    .map(id => difference(id, before.get(id), after.get(id)))
    .filter(found => found !== undefined)
    .sort((left, right) => byName((left.after ?? left.before)!, (right.after ?? right.before)!))
}

const checkPosition = (store: EventStore, position: number): void => {
  const newest = store.position
  if (Number.isSafeInteger(position) && position >= 0 && position <= newest) return
  throw new Refusal('position_unknown', `there is no revision ${position}: the newest is ${newest}`)
}

const difference = (id: string, before?: StreamShape, after?: StreamShape): StreamDifference | undefined => {
  if (before === undefined) return after && { id, kind: 'added', after: showStream(id, after) }
  if (after === undefined) return { id, kind: 'removed', before: showStream(id, before) }
  const same = before.name === after.name && before.preload === after.preload
  if (same && sameSources(before.sources, after.sources)) return undefined
  return { id, kind: 'changed', before: showStream(id, before), after: showStream(id, after) }
}

const showStream = (id: string, { name, sources, preload }: StreamShape): ConfiguredStream => ({
  id,
  name: showTemplate(name),
  sources: sources.map(showTemplate),
  ...(preload === undefined ? {} : { preload: showTemplate(preload) }),
})

const byName = (left: { readonly name: string }, right: { readonly name: string }): number =>
  left.name < right.name ? -1 : left.name > right.name ? 1 : 0
