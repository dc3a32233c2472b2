import { showTemplate } from '../config/secret-template.ts'
import { fold } from '../domain/decider.ts'
import { type StreamState, sameSources, stream } from '../domain/stream/stream.ts'
import type { EventStore, Recorded } from '../events/event-store.ts'
import { Refusal } from './control-plane.ts'
import type { StreamShape, WantedStreams } from './plan-changes.ts'

/**
 * What streams must become so that one change set has never been. What came later and touched
 * something else stays; what touched the same makes it ambiguous. Throws `Refusal`
 * `change_not_found` or `superseded`.
 */
export const wantedWithout = (store: EventStore, correlationId: string): WantedStreams => {
  const changeSet = store.readChangeSet(correlationId)
  if (changeSet.length === 0) throw new Refusal('change_not_found', 'there is no such change')
  const wanted = new Map<string, StreamShape | undefined>()
  for (const streamId of new Set(changeSet.map(entry => entry.streamId))) {
    const history = store.load(streamId)
    const own = changeSet.filter(entry => entry.streamId === streamId)
    wanted.set(streamId, withoutChange(history, own[0]!.version, own.at(-1)!.version))
  }
  return wanted
}

/** One stream without the part of its history from a version to another. */
const withoutChange = (history: readonly Recorded[], from: number, to: number): StreamShape | undefined => {
  const before = stateAt(history, from - 1)
  const after = stateAt(history, to)
  const now = stateAt(history, Number.MAX_SAFE_INTEGER)
  if (before.status === 'present' && after.status === 'present') {
    const renamed = before.name !== after.name
    const refed = !sameSources(before.sources, after.sources)
    const preloaded = before.preload !== after.preload
    if (now.status !== 'present') throw superseded(history, to)
    if (renamed && now.name !== after.name) throw superseded(history, to)
    if (refed && !sameSources(now.sources, after.sources)) throw superseded(history, to)
    if (preloaded && now.preload !== after.preload) throw superseded(history, to)
    const { preload } = preloaded ? before : now
    const sources = refed ? before.sources : now.sources
    return { name: renamed ? before.name : now.name, sources, ...(preload === undefined ? {} : { preload }) }
  }
  if (!sameState(after, now)) throw superseded(history, to)
  return before.status === 'present' ? before : undefined
}

const stateAt = (history: readonly Recorded[], version: number): StreamState =>
  fold(
    stream,
    history.filter(entry => entry.version <= version).map(({ event }) => event),
  )

const sameState = (left: StreamState, right: StreamState): boolean => {
  if (left.status === 'present' && right.status === 'present')
    return left.name === right.name && left.preload === right.preload && sameSources(left.sources, right.sources)
  return (left.status === 'present') === (right.status === 'present')
}

const WHAT_HAPPENED = {
  StreamAdded: 'was added again',
  StreamRenamed: 'was renamed',
  StreamSourcesChanged: 'got other sources',
  StreamPreloaded: 'was kept running',
  StreamPreloadEnded: 'was let go',
  StreamRemoved: 'was removed',
} as const

const superseded = (history: readonly Recorded[], to: number): Refusal => {
  const later = history.findLast(entry => entry.version > to)!
  const state = stateAt(history, later.version - 1)
  const name = state.status === 'absent' ? later.streamId : showTemplate(state.name)
  return new Refusal(
    'superseded',
    `${name} ${WHAT_HAPPENED[later.event.type]} later (revision ${later.position}, by ${later.actor}): take that back first`,
  )
}
