import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEvent, schemaVersionOf } from '#server/events/event-catalogue.ts'
import { UnreadableEventError } from '#server/events/unreadable-event-error.ts'

const events = [
  { type: 'StreamAdded', data: { name: 'a', sources: ['x:1'] } },
  { type: 'StreamRenamed', data: { from: 'a', to: 'b' } },
  { type: 'StreamSourcesChanged', data: { sources: [] } },
  { type: 'StreamPreloaded', data: { query: '' } },
  { type: 'StreamPreloadEnded', data: {} },
  { type: 'StreamRemoved', data: {} },
] as const

test.for(events)('$type is read as it was written', event => {
  expect(readEvent(event.type, schemaVersionOf(event.type), JSON.stringify(event.data))).toEqual(event)
})

const unreadable = [
  { name: 'a type from the future', type: 'StreamPaused', version: 1, json: '{}' },
  { name: 'a type that is a word of JavaScript', type: 'constructor', version: 1, json: '{}' },
  { name: 'a version from the future', type: 'StreamRemoved', version: 2, json: '{}' },
  { name: 'half a JSON', type: 'StreamAdded', version: 1, json: '{"name":' },
  { name: 'data without a name', type: 'StreamAdded', version: 1, json: '{"sources":[]}' },
  { name: 'sources that are no texts', type: 'StreamSourcesChanged', version: 1, json: '{"sources":[1]}' },
  { name: 'a preload without a query', type: 'StreamPreloaded', version: 1, json: '{}' },
  { name: 'a list for data', type: 'StreamRemoved', version: 1, json: '[]' },
]

test.for(unreadable)('$name is refused, never skipped', ({ type, version, json }) => {
  expect(() => readEvent(type, version, json)).toThrow(UnreadableEventError)
})

test('whatever stands in the log, it is an event or refused', () => {
  const types = fc.oneof(fc.constantFrom(...events.map(({ type }) => type)), fc.string())
  fc.assert(
    fc.property(types, fc.integer({ min: -1, max: 3 }), fc.oneof(fc.json(), fc.string()), (type, version, json) => {
      try {
        expect(readEvent(type, version, json).type).toBe(type)
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableEventError)
      }
    }),
  )
})
