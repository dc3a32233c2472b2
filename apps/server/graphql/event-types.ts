import type { RecordedEvent } from '../commands/control-plane.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { Builder } from './builder.ts'
import { PRELOAD } from './stream-types.ts'

/** The log and what can be asked of it. */
export const addEventTypes = (builder: Builder): void => {
  addEvent(builder)
  builder.objectType('EventPage', {
    fields: t => ({
      events: t.field({ type: ['Event'], resolve: ({ events }) => [...events] }),
      hasMore: t.exposeBoolean('hasMore', { description: 'Whether there are more in the direction asked.' }),
    }),
  })
  builder.objectType('ConfiguredStream', {
    fields: t => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      sources: t.stringList({ resolve: ({ sources }) => [...sources] }),
      preload: t.string({ nullable: true, description: PRELOAD, resolve: ({ preload }) => preload }),
    }),
  })
  const kind = builder.enumType('DifferenceKind', {
    values: { ADDED: { value: 'added' }, REMOVED: { value: 'removed' }, CHANGED: { value: 'changed' } } as const,
  })
  builder.objectType('StreamDifference', {
    description: 'How one stream differs between two revisions; `before` or `after` is null when it did not exist.',
    fields: t => ({
      id: t.exposeID('id'),
      kind: t.field({ type: kind, resolve: difference => difference.kind }),
      before: t.field({ type: 'ConfiguredStream', nullable: true, resolve: ({ before }) => before }),
      after: t.field({ type: 'ConfiguredStream', nullable: true, resolve: ({ after }) => after }),
    }),
  })
}

const addEvent = (builder: Builder): void => {
  builder.objectType('Event', {
    description: "One entry of the configuration's event log.",
    fields: t => ({
      position: t.exposeInt('position', {
        description: 'Its place in the whole log: the revision of the configuration.',
      }),
      streamId: t.exposeID('streamId'),
      streamName: t.exposeString('streamName'),
      type: t.exposeString('type'),
      summary: t.string({ description: 'A sentence: porch: sources changed.', resolve: summarize }),
      data: t.field({ type: 'JSON', resolve: ({ data }) => data }),
      actor: t.exposeString('actor'),
      correlationId: t.exposeString('correlationId', {
        description: 'Events of one change set share it; undo takes it.',
      }),
      at: t.exposeFloat('at', { description: 'Unix milliseconds.' }),
    }),
  })
}

/** An event as a sentence that begins with its stream. */
export const summarize = (event: RecordedEvent): string => {
  switch (event.type) {
    case 'StreamAdded':
      return `${event.streamName}: added.`
    case 'StreamRenamed':
      return `${event.streamName}: renamed from ${String(event.data['from'])}.`
    case 'StreamSourcesChanged':
      return `${event.streamName}: sources changed.`
    case 'StreamPreloaded':
      return `${event.streamName}: runs without viewers.`
    case 'StreamPreloadEnded':
      return `${event.streamName}: runs for its viewers only.`
    case 'StreamRemoved':
      return `${event.streamName}: removed.`
    default:
      return unreachable(event.type)
  }
}
