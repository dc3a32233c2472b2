import { expect, test } from 'vitest'
import { formatJpegFileHeader } from '#media/codecs/jpeg/jpeg-header.ts'
import { tablesOfQuality } from '#media/codecs/jpeg/quantization-tables.ts'
import { readSendableJpeg } from '#media/codecs/jpeg/sendable-jpeg.ts'

const [luminance, color] = tablesOfQuality(80)

test.each([
  { type: 0, restartInterval: 0 },
  { type: 1, restartInterval: 300 },
] as const)('a header of type $type says what it was made of', ({ type, restartInterval }) => {
  const header = formatJpegFileHeader({ width: 1280, height: 720, type, restartInterval, luminance, color })
  const scan = Buffer.of(1, 2, 3)
  expect(readSendableJpeg(Buffer.concat([header, scan]))).toEqual({
    ...{ width: 1280, height: 720, type, restartInterval, scan },
    tables: { precision: 0, content: Buffer.concat([luminance.content, color.content]) },
  })
})

test('tables of 16 bits are marked as such', () => {
  const wide = { precision: 1, content: Buffer.alloc(128, 2) } as const
  const header = formatJpegFileHeader({ width: 8, height: 8, type: 0, restartInterval: 0, luminance, color: wide })
  expect(header.includes(Buffer.from('ffdb008311', 'hex'))).toBe(true)
  expect(readSendableJpeg(Buffer.concat([header, Buffer.of(1)])).tables.precision).toBe(2)
})
