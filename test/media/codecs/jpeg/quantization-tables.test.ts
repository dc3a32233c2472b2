import { expect, test } from 'vitest'
import { tableBytes, tablesOfQuality } from '#media/codecs/jpeg/quantization-tables.ts'
import { libjpegFiles } from '#test/helpers/jpeg-files.ts'

test.each([1, 25, 49, 50, 75, 99])('the tables of quality %i are those that libjpeg writes', async quality => {
  const [file] = await libjpegFiles('I420', quality)
  const tables = tablesOfQuality(quality)
  for (const [id, { precision, content }] of tables.entries()) {
    expect(precision).toBe(0)
    expect(file!.includes(Buffer.concat([Buffer.of(id), content]))).toBe(true)
  }
})

test('qualities beyond 99 are the finest', () => {
  for (const quality of [100, 127])
    for (const { content } of tablesOfQuality(quality)) expect(content).toEqual(Buffer.alloc(64, 1))
})

test('a table has 64 values of one byte or two', () => {
  expect([tableBytes(0), tableBytes(1)]).toEqual([64, 128])
})
