import { expect, test } from 'vitest'
import { checkSources, SOURCE_CHARACTERS_MAX, SOURCES_MAX } from '#server/domain/stream/stream-sources.ts'

const refused = [
  { name: 'one source too many', sources: Array.from({ length: SOURCES_MAX + 1 }, () => 'a:b'), code: 'too_many' },
  { name: 'an empty source', sources: ['a:b', ''], code: 'source_invalid' },
  { name: 'a source too long', sources: ['x'.repeat(SOURCE_CHARACTERS_MAX + 1)], code: 'source_invalid' },
  { name: 'NUL', sources: ['rtsp://a\0b'], code: 'source_invalid' },
  { name: 'half a surrogate pair', sources: ['rtsp://a\udc00'], code: 'source_invalid' },
]

test.for(refused)('a stream cannot have $name', ({ sources, code }) => {
  expect(() => checkSources(sources)).toThrow(expect.objectContaining({ code }))
})

test('a stream can have no sources, and as many as the limit', () => {
  expect(() => checkSources([])).not.toThrow()
  expect(() => checkSources(Array.from({ length: SOURCES_MAX }, () => 'x'.repeat(SOURCE_CHARACTERS_MAX)))).not.toThrow()
})
