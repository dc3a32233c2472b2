// @vitest-environment node
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FragmentQueue } from '../../../apps/admin/src/player/fragment-queue.ts'

const fragment = (bytes: readonly number[]): ArrayBuffer => new Uint8Array(bytes).buffer

test('what was pushed comes out as one piece, in order, once', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(255))), fragments => {
      const queue = new FragmentQueue()
      for (const bytes of fragments) queue.push(fragment(bytes))
      expect(queue.bytes).toBe(fragments.flat().length)
      expect([...(queue.take() ?? [])]).toEqual(fragments.flat())
      expect(queue.take()).toBeUndefined()
      expect(queue.bytes).toBe(0)
    }),
  )
})

test('refuses what would make it longer than 8 MiB, and takes it again once it was emptied', () => {
  const queue = new FragmentQueue()
  const mebibyte = new ArrayBuffer(1024 * 1024)
  for (let count = 0; count < 8; count++) expect(queue.push(mebibyte)).toBe(true)
  expect(queue.push(fragment([1]))).toBe(false)
  expect(queue.bytes).toBe(8 * 1024 * 1024)
  queue.clear()
  expect(queue.push(fragment([1]))).toBe(true)
})
