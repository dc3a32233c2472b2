import { expect, test } from 'vitest'
import { checkPreload, PRELOAD_CHARACTERS_MAX } from '#server/domain/stream/stream-preload.ts'

test.for(['', 'video', 'audio=&video=h264', 'x'.repeat(PRELOAD_CHARACTERS_MAX)])('%s can be asked for', query => {
  expect(() => checkPreload(query)).not.toThrow()
})

const refused = [
  { name: 'a query longer than the limit', query: 'x'.repeat(PRELOAD_CHARACTERS_MAX + 1) },
  { name: 'a line break', query: 'video\naudio' },
  { name: 'half a character', query: '\ud800' },
]

test.for(refused)('$name is refused', ({ query }) => {
  expect(() => checkPreload(query)).toThrow(expect.objectContaining({ code: 'preload_invalid' }))
})
