import type { LogEvent } from '../../api/documents.ts'
import { counted } from '../../lib/quantities.ts'

/** What was done at once: one command, one import, one edited file. */
export interface ChangeSet {
  readonly correlationId: string
  /** Newest first. */
  readonly events: readonly LogEvent[]
  readonly actor: string
  /** Unix milliseconds. */
  readonly at: number
  /** Positions of its oldest and newest event. */
  readonly first: number
  readonly last: number
}

/** Gathers a log, newest first, into what was done at once. Events of one change set stand together in it. */
export function groupChanges(events: readonly LogEvent[]): readonly ChangeSet[] {
  const groups: LogEvent[][] = []
  for (const event of events) {
    const current = groups.at(-1)
    if (current?.[0]?.correlationId === event.correlationId) current.push(event)
    else groups.push([event])
  }
  return groups.flatMap(group => {
    const [newest] = group
    const oldest = group.at(-1)
    if (newest === undefined || oldest === undefined) return []
    const { correlationId, actor, at } = newest
    return [{ correlationId, events: group, actor, at, first: oldest.position, last: newest.position }]
  })
}

/** A change set in a sentence: its event's own, or how many of what it did to how many streams. */
export function summarize({ events }: ChangeSet): string {
  const [only] = events
  if (only !== undefined && events.length === 1) return only.summary
  const parts = Object.entries(DONE).flatMap(([type, done]) => {
    const count = events.filter(event => event.type === type).length
    return count === 0 ? [] : [`${counted(count, 'stream')} ${done}`]
  })
  return parts.length === 0 ? `${counted(events.length, 'change')}` : parts.join(', ')
}

const DONE = {
  StreamAdded: 'added',
  StreamSourcesChanged: 'changed',
  StreamRenamed: 'renamed',
  StreamPreloaded: 'kept running',
  StreamPreloadEnded: 'let go',
  StreamRemoved: 'removed',
} as const

/** That a stream runs without viewers, as a line; none when it does not. */
export function preloadWords(stream: { readonly preload: string | null } | null): readonly string[] {
  if (stream === null || stream.preload === null) return []
  return [stream.preload === '' ? 'keeps running' : `keeps running: ${stream.preload}`]
}

/** Who did it, in words. */
export function actorWords(actor: string): string {
  const [door = '', person] = actor.split(':', 2)
  const words = DOORS[door] ?? door
  return person === undefined ? words : `${person}, ${words}`
}

const DOORS: Readonly<Record<string, string>> = {
  admin: 'in the admin',
  graphql: 'by GraphQL',
  rest: 'by the REST API',
  file: 'in go2rtc.yaml',
}
