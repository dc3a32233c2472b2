import { expect, test } from 'vitest'
import { findBox, readBoxes } from '#media/formats/mp4/box-reader.ts'
import { audioEntry, ftyp, moov, pasp, visualEntry } from '#media/formats/mp4/boxes.ts'

const types = (bytes: Buffer): string[] => readBoxes(bytes).map(box => box.type)
const track = { id: 1, kind: 'video', timescale: 90_000, width: 640, height: 360 } as const

test('a movie has its header, its tracks and their defaults for fragments', () => {
  const movie = moov([{ ...track, entry: visualEntry('avc1', 640, 360) }])
  const [{ content } = { content: Buffer.alloc(0) }] = readBoxes(movie)
  expect(types(content)).toEqual(['mvhd', 'trak', 'mvex'])
  const trak = readBoxes(content)[1]!.content
  expect(types(trak)).toEqual(['tkhd', 'mdia'])
  expect(types(readBoxes(trak)[1]!.content)).toEqual(['mdhd', 'hdlr', 'minf'])
})

test('a file begins with its type', () => {
  expect(types(ftyp())).toEqual(['ftyp'])
})

test('sample entries have the sizes of their standard', () => {
  expect(visualEntry('avc1', 640, 360)).toHaveLength(86)
  expect(audioEntry('mp4a', 2, 48_000)).toHaveLength(36)
})

test('a rate beyond 16 bits is left to the codec’s own configuration', () => {
  expect(audioEntry('mp4a', 2, 96_000).readUInt32BE(32)).toBe(0)
})

test.each([
  [0, '00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000'],
  [90, '00000000 00010000 00000000 ffff0000 00000000 00000000 01680000 00000000'],
  [180, 'ffff0000 00000000 00000000 00000000 ffff0000 00000000 02800000 01680000'],
  [270, '00000000 ffff0000 00000000 00010000 00000000 00000000 00000000 02800000'],
] as const)('a picture turned by %i degrees has that matrix, and stays where it is', (rotate, matrix) => {
  const movie = moov([{ ...track, rotate, entry: visualEntry('avc1', 640, 360) }])
  expect(findBox(movie, 'moov', 'trak', 'tkhd')!.toString('hex', 40, 72)).toBe(matrix.replaceAll(' ', ''))
})

test('the shape of pixels is two numbers', () => {
  expect(pasp([4, 3]).toString('hex')).toBe('00000010706173700000000400000003')
})
