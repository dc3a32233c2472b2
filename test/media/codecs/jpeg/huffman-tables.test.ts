import { expect, test } from 'vitest'
import { standardHuffmanTables } from '#media/codecs/jpeg/huffman-tables.ts'
import { libjpegFiles } from '#test/helpers/jpeg-files.ts'

test('the tables are those that libjpeg writes', async () => {
  const [file] = await libjpegFiles('I420')
  for (const { id, content } of standardHuffmanTables)
    expect(file!.includes(Buffer.concat([Buffer.of(id), content]))).toBe(true)
})

test('each table has as many values as it counts codes', () => {
  const sizes = standardHuffmanTables.map(({ content }) => content.subarray(0, 16).reduce((sum, n) => sum + n, 16))
  expect(sizes).toEqual(standardHuffmanTables.map(({ content }) => content.length))
})
