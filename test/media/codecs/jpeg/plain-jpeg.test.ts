import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainJpeg } from '#media/codecs/jpeg/plain-jpeg.ts'
import { decodedJpegs, ffmpegJpegs } from '#test/helpers/jpeg-files.ts'

const [plain = Buffer.alloc(0)] = await ffmpegJpegs({})

interface Segment {
  readonly second: number
  readonly bytes: Buffer
}

/** The segments before the scan, and the rest. */
const takeApart = (file: Buffer): { readonly segments: readonly Segment[]; readonly rest: Buffer } => {
  const segments: Segment[] = []
  let at = 2
  while (file[at + 1] !== 0xda) {
    const end = at + 2 + file.readUInt16BE(at + 2)
    segments.push({ second: file[at + 1]!, bytes: file.subarray(at, end) })
    at = end
  }
  return { segments, rest: file.subarray(at) }
}
const { segments, rest } = takeApart(plain)
const fileOf = (some: readonly Segment[]): Buffer =>
  Buffer.concat([Buffer.of(0xff, 0xd8), ...some.map(({ bytes }) => bytes), rest])
const named = (name: string): Segment => ({
  second: 0xe0,
  bytes: Buffer.concat([Buffer.of(0xff, 0xe0, 0, 16), Buffer.from(name.padEnd(14, '\0'), 'latin1')]),
})

const bare = segments.filter(({ second }) => second !== 0xc4)
const named16 = (name: string) => (some: readonly Segment[]) => [
  named(name),
  ...some.filter(({ second }) => second !== 0xe0),
]

test('a file that has everything is given as it is', () => {
  expect(plainJpeg(plain)).toBe(plain)
})

test.each([
  ['without Huffman tables', fileOf(bare)],
  ['of an AVI file', fileOf(named16('AVI1')(bare))],
  ['of an unknown application', fileOf(named16('Cam!')(segments))],
])('a picture %s becomes one that any program opens, and is the same', async (_name, file) => {
  const made = plainJpeg(file)
  const after = takeApart(made).segments
  expect(after.filter(({ second }) => second === 0xc4).length).toBeGreaterThan(0)
  if (after[0]!.second === 0xe0) expect(after[0]!.bytes.toString('latin1', 4, 8)).toBe('JFIF')
  expect(await decodedJpegs([made])).toBe(await decodedJpegs([plain]))
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['no JPEG', Buffer.from('<html>')],
  ['a beginning', plain.subarray(0, 40)],
  ['fill bytes without an end', Buffer.concat([Buffer.of(0xff, 0xd8), Buffer.alloc(5000, 0xff)])],
])('%s is given as it is', (_name, file) => {
  expect(plainJpeg(file)).toBe(file)
})

test('rubbish costs no more than the tables, and is never thrown', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 20 }), changes => {
      const damaged = Buffer.from(fileOf(bare))
      for (const [at, byte] of changes) damaged[at] = byte
      expect(plainJpeg(damaged).length).toBeLessThan(damaged.length + 500)
    }),
  )
})
