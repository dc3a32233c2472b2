import { expect, test } from 'vitest'
import { FormMemory } from '#media/core/form-memory.ts'

test('gives the same memory again, cut to what is asked for', () => {
  const memory = new FormMemory()
  const [one, other] = [memory.take(10), memory.take(2000)]
  expect([one.length, other.length]).toEqual([10, 2000])
  expect([other.buffer === one.buffer, other.byteOffset]).toEqual([true, one.byteOffset])
})

test('never gives again what was kept', () => {
  const memory = new FormMemory()
  const kept = memory.take(10).fill(1)
  memory.keep()
  memory.take(10).fill(2)
  memory.take(10).fill(3)
  expect(kept).toEqual(Buffer.alloc(10, 1))
})

test('has room for what is larger than it was, and does not spoil what it was', () => {
  const memory = new FormMemory()
  const small = memory.take(10).fill(1)
  const large = memory.take(1024 * 1024).fill(2)
  expect([large.length, small[0]]).toEqual([1024 * 1024, 1])
})
