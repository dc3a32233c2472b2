import { expect, test } from 'vitest'
import { PictureMemory, type RememberedPicture } from '#media/protocols/ffmpeg/picture-memory.ts'

const picture = (bytes: number, keyframe = 'k'): RememberedPicture => ({
  ...{ jpeg: Buffer.alloc(bytes), keyframe, seenAt: 1 },
})
const MIB = 1024 * 1024

test('remembers one picture a key', () => {
  const memory = new PictureMemory()
  memory.set('a', picture(5, 'old'))
  memory.set('a', picture(7, 'new'))
  expect([memory.get('a')?.keyframe, memory.sizeBytes, memory.count]).toEqual(['new', 7, 1])
  expect(memory.get('b')).toBe(undefined)
})

test('forgets what was unused for longest, by bytes', () => {
  const memory = new PictureMemory()
  for (const key of ['a', 'b', 'c']) memory.set(key, picture(20 * MIB))
  memory.get('a')
  memory.set('d', picture(20 * MIB))
  expect(['a', 'b', 'c', 'd'].filter(key => memory.get(key) !== undefined)).toEqual(['a', 'c', 'd'])
  expect(memory.sizeBytes).toBe(60 * MIB)
  memory.set('huge', picture(65 * MIB))
  expect([memory.get('huge'), memory.count]).toEqual([undefined, 3])
})

test('and by number', () => {
  const memory = new PictureMemory()
  for (let key = 0; key < 600; key++) memory.set(`${key}`, picture(1))
  expect([memory.count, memory.sizeBytes, memory.get('87'), memory.get('88')?.keyframe]).toEqual([
    512,
    512,
    undefined,
    'k',
  ])
})

test('forgets what is not wanted any more', () => {
  const memory = new PictureMemory()
  for (const key of ['a', 'b']) memory.set(key, picture(3))
  memory.prune(key => key === 'b')
  expect([memory.get('a'), memory.get('b')?.keyframe, memory.sizeBytes]).toEqual([undefined, 'k', 3])
})
