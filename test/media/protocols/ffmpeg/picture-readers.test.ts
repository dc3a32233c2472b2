import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PictureReader } from '#media/protocols/ffmpeg/picture-decoder.ts'
import { jpegPictures, pixelPictures } from '#media/protocols/ffmpeg/picture-readers.ts'
import { ffmpegJpegs } from '#test/helpers/jpeg-files.ts'

const files = await ffmpegJpegs({ count: 3 })

const readIn = (reader: PictureReader, bytes: Buffer, pieceBytes: number): readonly Buffer[] => {
  const found: Buffer[] = []
  const read = reader(picture => found.push(picture))
  for (let at = 0; at < bytes.length; at += pieceBytes) read(bytes.subarray(at, at + pieceBytes))
  return found
}

test('pictures are found whatever the pieces they come in', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), pieceBytes => {
      expect(readIn(jpegPictures, Buffer.concat(files), pieceBytes)).toEqual(files)
      const pixels = Buffer.from('abcdefgh')
      expect(readIn(pixelPictures(3), pixels, pieceBytes).map(String)).toEqual(['abc', 'def'])
    }),
    { numRuns: 50 },
  )
})
