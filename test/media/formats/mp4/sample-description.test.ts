import fc from 'fast-check'
import { expect, test } from 'vitest'
import { box, fullBox, u8, u32 } from '#media/formats/mp4/box.ts'
import { audioEntry, visualEntry } from '#media/formats/mp4/boxes.ts'
import { readSampleDescription } from '#media/formats/mp4/sample-description.ts'
import { MalformedError, MediaError } from '#media/runtime/errors.ts'

const stsd = (entry: Buffer): Buffer => fullBox('stsd', 0, 0, u32(1), entry).subarray(8)

test.each([
  { name: 'H.264 without avcC', entry: visualEntry('avc1', 16, 16) },
  { name: 'avcC cut short', entry: visualEntry('avc1', 16, 16, box('avcC', u8(1, 2, 3, 4, 255, 0xe1, 0, 9))) },
  { name: 'AAC without esds', entry: audioEntry('mp4a', 2, 48_000) },
  { name: 'an esds of something else', entry: audioEntry('mp4a', 2, 48_000, fullBox('esds', 0, 0, u8(9, 1, 0))) },
  {
    name: 'MP3 without a sampling rate',
    entry: audioEntry('mp4a', 2, 0, fullBox('esds', 0, 0, u8(3, 18, 0, 0, 0, 4, 13, 0x6b), Buffer.alloc(12))),
  },
  { name: 'FLAC without dfLa', entry: audioEntry('fLaC', 1, 8000) },
  { name: 'a dfLa that begins otherwise', entry: audioEntry('fLaC', 1, 8000, fullBox('dfLa', 0, 0, u8(4, 0, 0, 0))) },
  { name: 'a dfLa cut short', entry: audioEntry('fLaC', 1, 8000, fullBox('dfLa', 0, 0, u8(0, 0, 0, 34, 1))) },
  { name: 'an entry cut short', entry: box('avc1', u8(0)) },
])('refuses $name', ({ entry }) => {
  expect(() => readSampleDescription(stsd(entry))).toThrow(MalformedError)
})

test('reads descriptors with lengths of one byte and of four', () => {
  const inner = [4, 17, 0x40, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0x80, 0x80, 0x80, 2, 0x14, 0x08]
  const esds = fullBox('esds', 0, 0, u8(3, 25, 0, 0, 0, ...inner))
  const description = readSampleDescription(stsd(audioEntry('mp4a', 1, 16_000, esds)))
  expect(description?.codec).toMatchObject({ clockRate: 16_000, channels: 1 })
  expect(description?.configuration).toEqual([Buffer.from('1408', 'hex')])
})

test('any entry is read or refused', () => {
  const type = fc.constantFrom('avc1', 'hvc1', 'mp4a', 'Opus', 'fLaC')
  const inner = fc.constantFrom('avcC', 'hvcC', 'esds', 'dOps', 'dfLa')
  fc.assert(
    fc.property(type, inner, fc.uint8Array({ maxLength: 60 }), (entryType, boxType, bytes) => {
      const fields = Buffer.alloc(entryType.endsWith('c1') ? 78 : 28)
      try {
        readSampleDescription(stsd(box(entryType, fields, box(boxType, bytes))))
      } catch (error) {
        expect(error).toBeInstanceOf(MediaError)
      }
    }),
    { numRuns: 500 },
  )
})
