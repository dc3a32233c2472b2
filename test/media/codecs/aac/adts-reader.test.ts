import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AdtsReader, adtsCodec, readAdtsHeader } from '#media/codecs/aac/adts-reader.ts'

/** AAC-LC, 48 kHz, stereo, with this content. */
const frame = (...content: readonly number[]): Buffer => {
  const size = 7 + content.length
  return Buffer.from([
    0xff,
    0xf1,
    0x4c,
    0x80 | (size >> 11),
    (size >> 3) & 0xff,
    ((size & 7) << 5) | 0x1f,
    0xfc,
    ...content,
  ])
}

const read = (bytes: Buffer, pieceBytes: number): readonly string[] => {
  const frames: string[] = []
  const reader = new AdtsReader(one => frames.push(one.toString('hex')))
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes))
  return frames
}

describe('an ADTS stream', () => {
  test('gives its frames without headers, in pieces of any size', () => {
    const bytes = Buffer.concat([frame(1, 2, 3), frame(4), frame(5, 6)])
    for (let size = 1; size <= bytes.length; size++) expect(read(bytes, size)).toEqual(['010203', '04', '0506'])
  })

  test('goes on behind what is no frame', () => {
    const bytes = Buffer.concat([Buffer.from('ff00ff', 'hex'), frame(1), Buffer.of(9, 9), frame(2)])
    expect(read(bytes, 5)).toEqual(['01', '02'])
  })

  test('keeps one configuration while it does not change', () => {
    const seen = new Set<unknown>()
    const reader = new AdtsReader(() => seen.add(reader.configuration))
    reader.push(Buffer.concat([frame(1), frame(2)]))
    const mono = Buffer.from(frame(3))
    mono[3]! ^= 0xc0
    reader.push(mono)
    expect([seen.size, reader.configuration[0]?.toString('hex'), reader.waiting]).toEqual([2, '1188', false])
    reader.push(frame(4).subarray(0, 4))
    expect(reader.waiting).toBe(true)
    reader.reset()
    reader.push(frame(5))
    expect(seen.size).toBe(3)
  })

  test.each([
    { name: 'a checksum', hex: 'fff04c80013ffc1234aa', header: { headerBytes: 9, sizeBytes: 9 }, refused: true },
    { name: 'MPEG-2', hex: 'fff94c8001bffcaabbccddeeff', header: { headerBytes: 7, sizeBytes: 13 } },
    { name: 'a rate that does not exist', hex: 'fff17c80013ffcaa', refused: true },
    { name: 'several frames', hex: 'fff14c80011ffdaa', refused: true },
    { name: 'a layer', hex: 'fff34c80011ffcaa', refused: true },
    { name: 'too few bytes', hex: 'fff14c80', refused: true },
  ])('a header with $name', ({ hex, header, refused }) => {
    const found = readAdtsHeader(Buffer.from(hex, 'hex'))
    if (refused === true) expect(found).toBeUndefined()
    else expect(found).toMatchObject(header!)
  })

  test('tells its codec', () => {
    expect(adtsCodec(Buffer.from('1190', 'hex'))).toMatchObject({
      name: 'MPEG4-GENERIC',
      clockRate: 48_000,
      channels: 2,
    })
    expect(adtsCodec(Buffer.from('1588', 'hex'))).toMatchObject({ clockRate: 8000, channels: 1 })
    expect(adtsCodec(Buffer.from('11b8', 'hex'))).toMatchObject({ channels: 8 })
  })

  test('any bytes give frames that are in them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 40 }), (noise, size) => {
        const bytes = Buffer.concat([frame(1, 2), Buffer.from(noise), frame(3)])
        const found = read(bytes, size)
        expect(found[0]).toBe('0102')
        expect(found.join('').length / 2).toBeLessThan(bytes.length)
      }),
    )
  })
})
