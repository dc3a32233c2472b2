import { describe, expect, test } from 'vitest'
import { JpegReader } from '#media/formats/mjpeg/jpeg-reader.ts'
import { JpegPictures } from '#media/formats/mjpeg/pictures.ts'

const read = (bytes: Buffer, pieceBytes: number): readonly string[] => {
  const images: string[] = []
  const reader = new JpegReader(image => images.push(image.length > 100 ? `${image.length}` : image.toString('hex')))
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes)
    for (let inside = 0; inside < piece.length; ) inside = reader.scan(piece, inside)
  }
  return images
}

describe('a reader of JPEG', () => {
  test.each([
    { name: 'a thumbnail in it', hex: 'ffd8 ffe1000caaffd8ffda0003aaffd9 ffda0003bb cc ffd9', whole: true },
    { name: 'stuffed zeros and restarts', hex: 'ffd8 ffda0003bb 01ff0002ffd003ffd704 ffd9', whole: true },
    { name: 'several scans', hex: 'ffd8 ffda0003bb 01 ffc40003aa ffda0003bb 02 ffd9', whole: true },
    { name: 'filling before its markers', hex: 'ffd8 ffffdb0003aa ffda0003bb 01 ffffffd9', whole: true },
    { name: 'no data', hex: 'ffd8 ffdb0003aa ffd9', whole: false },
    { name: 'a segment that is longer than it says', hex: 'ffd8 ffdb0003aabb ffda0003bb 01 ffd9', whole: false },
    { name: 'a stuffed zero in place of a marker', hex: 'ffd8 ff00 ffda0003bb 01 ffd9', whole: false },
  ])('an image with $name, in pieces of any size', ({ hex, whole }) => {
    const text = hex.replaceAll(' ', '')
    const after = 'ffd8ffda0003bb09ffd9'
    const bytes = Buffer.from(`00ff${text}ffff00${after}`, 'hex')
    for (let size = 1; size <= bytes.length; size++) expect(read(bytes, size)).toEqual(whole ? [text, after] : [after])
  })

  test('does not hold an image above 5 MiB', () => {
    const large = Buffer.concat([
      Buffer.from('ffd8ffda0003bb', 'hex'),
      Buffer.alloc(5 * 1024 * 1024, 1),
      Buffer.from('ffd9', 'hex'),
    ])
    const small = Buffer.from('ffd8ffda0003bb01ffd9', 'hex')
    expect(read(Buffer.concat([large, small]), 100_000)).toEqual([small.toString('hex')])
  })
})

test('pictures that come too late to be told are none', () => {
  const said: unknown[] = []
  const pictures = new JpegPictures({ tracks: codecs => said.push(codecs.length), unit: () => said.push('unit') })
  pictures.settle()
  pictures.give(Buffer.of(1))
  pictures.settle()
  expect(said).toEqual([0])
})
