import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jpegSize } from '#media/codecs/jpeg/jpeg-size.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { ffmpegJpegs, libjpegFiles } from '#test/helpers/jpeg-files.ts'

const [small = Buffer.alloc(0)] = await ffmpegJpegs({ size: '34x18' })
const [gray = Buffer.alloc(0)] = await libjpegFiles('GRAY8')

test('tells the pixels of whatever encoder', () => {
  expect([jpegSize(small), jpegSize(gray)]).toEqual([
    { width: 34, height: 18 },
    { width: 160, height: 120 },
  ])
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['no JPEG', Buffer.from('<html></html>')],
  ['a beginning', small.subarray(0, 20)],
  ['fill bytes', Buffer.concat([Buffer.of(0xff, 0xd8), Buffer.alloc(500, 0xff)])],
])('%s has none', (_name, file) => {
  expect(() => jpegSize(file)).toThrow(MalformedError)
})

test('rubbish has a size or none, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 20 }), changes => {
      const damaged = Buffer.from(small)
      for (const [at, byte] of changes) if (at < damaged.length) damaged[at] = byte
      try {
        const { width, height } = jpegSize(damaged)
        expect(width > 0 && height > 0).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }),
  )
})
