// @vitest-environment node
import { expect, test } from 'vitest'
import { asPhrase, asSentence } from '../../../apps/admin/src/lib/sentences.ts'

test.each([
  ['the port is in use', 'The port is in use.'],
  ['Really?', 'Really?'],
  ['  it waits…', 'It waits…'],
  ['', ''],
])('%j becomes %j', (text, sentence) => {
  expect(asSentence(text)).toBe(sentence)
})

test.each([
  ['No pictures arrive.', 'no pictures arrive'],
  ['AAC is what it sends.', 'AAC is what it sends'],
  ['H265', 'H265'],
  ['', ''],
])('%j becomes %j inside another sentence', (sentence, phrase) => {
  expect(asPhrase(sentence)).toBe(phrase)
})
