import { expect, test } from 'vitest'
import { join } from '#media/bytes/join.ts'

test('gives one piece of memory of its own', () => {
  const whole = join([Buffer.of(1, 2), Buffer.of(), Buffer.of(3)])
  expect(whole).toEqual(Buffer.of(1, 2, 3))
  expect(whole.buffer.byteLength).toBe(3)
  expect(join([])).toHaveLength(0)
})
