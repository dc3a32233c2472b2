import { expect, test } from 'vitest'
import type { RecordedEvent } from '#server/commands/control-plane.ts'
import { summarize } from '#server/graphql/event-types.ts'

const event = (type: RecordedEvent['type'], data: RecordedEvent['data'] = {}): RecordedEvent => ({
  ...{ type, data, streamName: 'porch', streamId: 's', position: 1, version: 1 },
  ...{ actor: 'admin', correlationId: 'c', at: 0 },
})

test.each([
  [event('StreamAdded'), 'porch: added.'],
  [event('StreamRenamed', { from: 'door' }), 'porch: renamed from door.'],
  [event('StreamSourcesChanged'), 'porch: sources changed.'],
  [event('StreamPreloaded', { query: 'video' }), 'porch: runs without viewers.'],
  [event('StreamPreloadEnded'), 'porch: runs for its viewers only.'],
  [event('StreamRemoved'), 'porch: removed.'],
])('an event is a sentence that begins with its stream', (one, sentence) => {
  expect(summarize(one)).toBe(sentence)
})
