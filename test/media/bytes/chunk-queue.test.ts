import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ChunkQueue } from '#media/bytes/chunk-queue.ts'

const filled = (...chunks: readonly string[]): ChunkQueue => {
  const queue = new ChunkQueue()
  for (const chunk of chunks) queue.push(Buffer.from(chunk))
  return queue
}

describe('a queue of chunks', () => {
  test('gives views of what came in one piece', () => {
    const chunk = Buffer.from('abcdef')
    const queue = new ChunkQueue()
    queue.push(chunk)
    expect(queue.take(2)?.buffer).toBe(chunk.buffer)
    expect(queue.take(4)?.toString()).toBe('cdef')
    expect(queue.length).toBe(0)
  })

  test('joins what came in several', () => {
    const queue = filled('ab', 'cd', 'ef')
    expect(queue.peek(3)?.toString()).toBe('abc')
    expect(queue.take(5)?.toString()).toBe('abcde')
    expect(queue.takeAll().toString()).toBe('f')
    expect(queue.takeAll()).toHaveLength(0)
  })

  test('gives nothing while too little has come', () => {
    const queue = filled('ab')
    expect([queue.peek(3), queue.take(3)]).toEqual([undefined, undefined])
    expect(queue.peek(0)).toHaveLength(0)
  })

  test('lets bytes go', () => {
    const queue = filled('ab', 'cd', 'ef')
    queue.skip(3)
    expect(queue.peek(3)?.toString()).toBe('def')
    queue.skip(100)
    expect(queue.length).toBe(0)
    queue.push(Buffer.from('x'))
    queue.clear()
    expect(queue.take(1)).toBeUndefined()
  })

  test('holds what came byte by byte', () => {
    const queue = new ChunkQueue()
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => index & 0xff))
    for (let at = 0; at < bytes.length; at++) queue.push(bytes.subarray(at, at + 1))
    expect(queue.takeAll().equals(bytes)).toBe(true)
  })

  test('gives what was pushed, in order, whatever the pieces', () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 20 })
    fc.assert(
      fc.property(chunks, fc.array(fc.nat(20), { maxLength: 30 }), (pushed, taken) => {
        const queue = new ChunkQueue()
        for (const chunk of pushed) queue.push(Buffer.from(chunk))
        const out = taken.map(count => queue.take(count) ?? Buffer.alloc(0))
        expect(Buffer.concat([...out, queue.takeAll()])).toEqual(Buffer.concat(pushed))
      }),
    )
  })
})
