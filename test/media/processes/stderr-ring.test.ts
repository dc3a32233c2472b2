import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { StderrRing } from '#media/processes/stderr-ring.ts'

test.each([
  { name: 'nothing', pieces: [], head: '', tail: '' },
  { name: 'a word', pieces: ['a word'], head: 'a word', tail: 'a word' },
  { name: 'two words', pieces: ['a ', 'word'], head: 'a word', tail: 'a word' },
  { name: 'as much as it holds', pieces: ['x'.repeat(65_536)], head: 'x'.repeat(512), tail: 'x'.repeat(65_536) },
  {
    name: 'more than it holds, in one piece',
    pieces: [`${'a'.repeat(100_000)}${'b'.repeat(65_000)}`],
    head: 'a'.repeat(512),
    tail: 'a'.repeat(536) + 'b'.repeat(65_000),
  },
])('remembers $name', ({ pieces, head, tail }) => {
  const ring = new StderrRing()
  for (const piece of pieces) ring.add(Buffer.from(piece))
  expect(ring.text).toEqual({ head, tail })
})

test('remembers the beginning and the end of any pieces', () => {
  const piece = fc.tuple(fc.nat(255), fc.oneof(fc.nat(600), fc.nat(70_000)))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      const ring = new StderrRing()
      const all = Buffer.concat(pieces.map(([value, length]) => Buffer.alloc(length, value & 0x7f)))
      for (const [value, length] of pieces) ring.add(Buffer.alloc(length, value & 0x7f))
      expect(ring.text.head).toBe(all.toString('latin1', 0, 512))
      expect(ring.text.tail).toBe(all.subarray(-65_536).toString('latin1'))
    }),
  )
})
