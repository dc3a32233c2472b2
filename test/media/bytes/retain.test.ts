import { expect, test } from 'vitest'
import { retain } from '#media/bytes/retain.ts'

test('a retained copy owns exactly its bytes', () => {
  const source = Buffer.from('a long read of a socket')
  const copy = retain(source.subarray(2, 6))
  source.fill(0)
  expect(copy.toString()).toBe('long')
  expect(copy.buffer.byteLength).toBe(4)
})
