import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type HuffmanTable, standardHuffmanTables } from '#media/codecs/jpeg/huffman-tables.ts'
import { formatJpegFileHeader } from '#media/codecs/jpeg/jpeg-header.ts'
import { endOfImage } from '#media/codecs/jpeg/marker.ts'
import { recodeScan, type ScanLayout } from '#media/codecs/jpeg/scan-recoder.ts'
import { readSendableJpeg } from '#media/codecs/jpeg/sendable-jpeg.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { decodedJpegs, ffmpegJpegs } from '#test/helpers/jpeg-files.ts'

const optimal = ['-huffman', 'optimal']
const slices = ['-threads', '4', '-thread_type', 'slice']
const [dc0, ac0, dc1, ac1] = standardHuffmanTables as readonly [HuffmanTable, HuffmanTable, HuffmanTable, HuffmanTable]
const luminance = { from: { dc: dc0, ac: ac0 }, to: { dc: dc0, ac: ac0 } }
const color = { from: { dc: dc1, ac: ac1 }, to: { dc: dc1, ac: ac1 } }
const layoutOf = (mcuCount: number, restartInterval = 0): ScanLayout => ({
  ...{ mcuCount, restartInterval },
  blocks: [luminance, luminance, luminance, luminance, color, color],
})

/** The file that a receiver makes of what RTP says. */
const remade = (file: Buffer): Buffer => {
  const { tables, scan, ...picture } = readSendableJpeg(file)
  const [first, second] = [tables.content.subarray(0, 64), tables.content.subarray(64)]
  const header = formatJpegFileHeader({
    ...picture,
    luminance: { precision: 0, content: first },
    color: { precision: 0, content: second },
  })
  return Buffer.concat([header, scan, endOfImage])
}

test.each([
  ['with tables of its own', '160x120', optimal],
  ['of an odd size', '154x106', optimal],
  ['of many details', '640x480', [...optimal, '-q:v', '1']],
  ['in slices', '160x120', [...optimal, ...slices]],
])('a picture %s is the same with the standard tables', async (_name, size, parameters) => {
  const files = await ffmpegJpegs({ size, count: 2, parameters })
  expect(await decodedJpegs(files.map(remade))).toBe(await decodedJpegs(files))
})

test('a scan that has the standard tables already stays as it is', async () => {
  const [file] = await ffmpegJpegs({})
  const { scan } = readSendableJpeg(file!)
  expect(recodeScan(scan, layoutOf(10 * 8))).toEqual(scan)
})

test.each([
  ['that ends too early', Buffer.alloc(4), layoutOf(80)],
  ['of more pictures than there are', Buffer.alloc(2000), layoutOf(1_000_000)],
  ['without the restart marker that is due', Buffer.alloc(200), layoutOf(80, 2)],
  ['of a code that means nothing', Buffer.alloc(100).fill(Buffer.of(0xff, 0)), layoutOf(80)],
])('a scan %s is broken', (_name, scan, layout) => {
  expect(() => recodeScan(scan, layout)).toThrow(MalformedError)
})

test('a table of more codes than there can be is none', () => {
  const table = { id: 0, content: Buffer.concat([Buffer.from('03'.padEnd(32, '0'), 'hex'), Buffer.from([0, 1, 2])]) }
  const block = { ...luminance, from: { dc: table, ac: ac0 } }
  expect(() => recodeScan(Buffer.alloc(10), { ...layoutOf(1), blocks: [block] })).toThrow(MalformedError)
})

test('any bytes are recoded or broken', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(6), (bytes, restartInterval) => {
      try {
        const made = recodeScan(Buffer.from(bytes), layoutOf(4, restartInterval))
        expect(made.length).toBeLessThanOrEqual(bytes.length + 8)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }),
    { numRuns: 500 },
  )
})
