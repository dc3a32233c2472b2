// @vitest-environment node
import { expect, test } from 'vitest'
import { asSentence } from '../../../apps/admin/src/lib/sentences.ts'

test.each([
  ['the port is in use', 'The port is in use.'],
  ['Really?', 'Really?'],
  ['  it waits…', 'It waits…'],
  ['', ''],
])('%j becomes %j', (text, sentence) => {
  expect(asSentence(text)).toBe(sentence)
})
