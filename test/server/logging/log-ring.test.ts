import { expect, test } from 'vitest'
import { LogRing } from '#server/logging/log-ring.ts'

test('keeps lines in their order', () => {
  const ring = new LogRing()
  ring.add('one')
  ring.add('two')
  expect(ring.read()).toBe('one\ntwo\n')
})

test('forgets the oldest lines beyond one mebibyte', () => {
  const ring = new LogRing()
  const line = 'é'.repeat(500)
  for (let at = 0; at < 5000; at++) ring.add(`${at} ${line}`)
  const text = ring.read()
  expect(Buffer.byteLength(text)).toBe(ring.bytes)
  expect(ring.bytes).toBeLessThanOrEqual(1 << 20)
  expect(ring.bytes).toBeGreaterThan((1 << 20) - 2000)
  const numbers = text
    .trimEnd()
    .split('\n')
    .map(one => Number(one.split(' ')[0]))
  expect(numbers.at(-1)).toBe(4999)
  expect(numbers).toEqual(numbers.map((_, at) => numbers[0]! + at))
})

test('forgets everything when it is cleared, and goes on', () => {
  const ring = new LogRing()
  ring.add('one')
  ring.clear()
  expect(ring.read()).toBe('')
  expect(ring.bytes).toBe(0)
  ring.add('two')
  expect(ring.read()).toBe('two\n')
})
