import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { readSendableJpeg, UnsendableJpegError } from '#media/codecs/jpeg/sendable-jpeg.ts'
import { MalformedError, MediaError } from '#media/runtime/errors.ts'
import { ffmpegJpegs, libjpegFiles } from '#test/helpers/jpeg-files.ts'

const slices = ['-threads', '4', '-thread_type', 'slice']
let file: Buffer

beforeAll(async () => {
  file = (await ffmpegJpegs({}))[0]!
})

describe('a file that RTP can say', () => {
  test.each([
    { name: 'ffmpeg’s 4:2:0', make: () => ffmpegJpegs({}), type: 1, restartInterval: 0 },
    { name: 'ffmpeg’s 4:2:0 in slices', make: () => ffmpegJpegs({ parameters: slices }), type: 1, restartInterval: 10 },
    { name: 'libjpeg’s 4:2:0', make: () => libjpegFiles('I420'), type: 1, restartInterval: 0 },
    { name: 'libjpeg’s 4:2:2', make: () => libjpegFiles('Y42B'), type: 0, restartInterval: 0 },
  ])('is $name', async ({ make, type, restartInterval }) => {
    const [made] = await make()
    const sendable = readSendableJpeg(made!)
    expect(sendable).toMatchObject({ type, restartInterval, width: 160, height: 120 })
    expect(sendable.tables.content.length).toBe(128)
    expect(made!.subarray(-2 - sendable.scan.length, -2)).toEqual(sendable.scan)
  })

  test('may have fill bytes before its markers, and no end', () => {
    const filled = Buffer.concat([file.subarray(0, 2), Buffer.of(0xff, 0xff), file.subarray(2, -2)])
    expect(readSendableJpeg(filled)).toEqual(readSendableJpeg(file))
  })

  test('may lack the Huffman tables, as files in AVI do', () => {
    const at = file.indexOf(Buffer.of(0xff, 0xc4))
    const without = Buffer.concat([file.subarray(0, at), file.subarray(at + 2 + file.readUInt16BE(at + 2))])
    expect(readSendableJpeg(without)).toEqual(readSendableJpeg(file))
  })
})

describe('a file that RTP has no words for', () => {
  /** Named another kind of frame: nothing we have encodes them. */
  const progressive = async (): Promise<Buffer> => {
    const changed = Buffer.from(file)
    changed[changed.indexOf(Buffer.of(0xff, 0xc0)) + 1] = 0xc2
    return changed
  }
  test.each([
    { name: 'is progressive', make: progressive, message: 'not baseline' },
    {
      name: 'has Huffman tables of its own',
      make: async () => (await ffmpegJpegs({ parameters: ['-huffman', 'optimal'] }))[0]!,
      message: 'Huffman tables',
    },
    {
      name: 'has twice as many rows of color',
      make: async () => (await ffmpegJpegs({ parameters: ['-pix_fmt', 'yuvj422p'] }))[0]!,
      message: 'other than 4:2:0 or 4:2:2',
    },
    { name: 'has all color', make: async () => (await libjpegFiles('Y444'))[0]!, message: 'other than' },
    { name: 'has no color', make: async () => (await libjpegFiles('GRAY8'))[0]!, message: 'other than' },
    {
      name: 'is too wide',
      make: async () => (await ffmpegJpegs({ size: '2048x64' }))[0]!,
      message: 'more than 2040 pixels',
    },
  ])('$name', async ({ make, message }) => {
    const made = await make()
    expect(() => readSendableJpeg(made)).toThrow(UnsendableJpegError)
    expect(() => readSendableJpeg(made)).toThrow(message)
  })
})

test('a file that is none is refused', () => {
  for (const bytes of ['', 'ffd8', 'ffd8ff', 'ffd9ffd8', 'ffd800', 'ffd8ffda0002', 'ffd8ffdb0001', 'ffd8ffdb000400ff'])
    expect(() => readSendableJpeg(Buffer.from(bytes, 'hex'))).toThrow(MalformedError)
})

test('any damage to a file is found, or does not matter', () => {
  const damage = fc.record({ end: fc.nat(4000), at: fc.array(fc.tuple(fc.nat(620), fc.nat(255)), { maxLength: 4 }) })
  fc.assert(
    fc.property(damage, ({ end, at }) => {
      const damaged = Buffer.from(file.subarray(0, end))
      for (const [place, value] of at) if (place < damaged.length) damaged[place] = value
      try {
        const { scan } = readSendableJpeg(damaged)
        expect(scan.length).toBeLessThan(damaged.length)
      } catch (error) {
        expect(error).toBeInstanceOf(MediaError)
      }
    }),
    { numRuns: 500 },
  )
})
