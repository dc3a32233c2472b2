import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitAnnexB } from '#media/codecs/nal/annex-b.ts'
import { AnnexBReader } from '#media/codecs/nal/annex-b-reader.ts'

const read = (bytes: Buffer, pieceBytes = bytes.length || 1): { readonly nals: string[]; readonly lost: number } => {
  const nals: string[] = []
  let lost = 0
  const reader = new AnnexBReader({
    nal: nal => nals.push(nal.toString('hex')),
    lost: () => {
      lost++
    },
  })
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes))
  reader.end()
  return { nals, lost }
}

describe('the reader of Annex B', () => {
  test.each([
    { name: 'start codes of 3 and 4 bytes', hex: '00000001 6711 000001 6822', nals: ['6711', '6822'] },
    { name: 'zeros before and after', hex: '0000 000001 6711 0000 00000001 6822 00', nals: ['6711', '6822'] },
    { name: 'something before the first start code', hex: '1234 000001 6711', nals: ['6711'] },
    { name: 'nothing between start codes', hex: '000001 000001 6711 000001', nals: ['6711'] },
    { name: 'no start code', hex: '0102030405', nals: [] },
  ])('reads $name, in pieces of any size', ({ hex, nals }) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
    for (let size = 1; size <= bytes.length; size++) expect(read(bytes, size).nals).toEqual(nals)
  })

  test('gives a NAL unit as soon as the next begins', () => {
    const nals: string[] = []
    const reader = new AnnexBReader({ nal: nal => nals.push(nal.toString('hex')), lost() {} })
    reader.push(Buffer.from('000001671100', 'hex'))
    expect(nals).toEqual([])
    reader.push(Buffer.from('0001', 'hex'))
    expect(nals).toEqual(['6711'])
  })

  test('does not hold a NAL unit above 5 MiB, and tells that it is gone', () => {
    const large = Buffer.concat([Buffer.from('00000165', 'hex'), Buffer.alloc(5 * 1024 * 1024, 1)])
    const { nals, lost } = read(Buffer.concat([large, Buffer.from('0000016711', 'hex')]), 65_536)
    expect([nals, lost]).toEqual([['6711'], 1])
  })

  test('finds what a reader of the whole finds', () => {
    const byte = fc.constantFrom(0, 0, 0, 1, 1, 2, 0xff)
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), fc.integer({ min: 1, max: 10 }), (bytes, size) => {
        const stream = Buffer.from([0, 0, 1, ...bytes])
        expect(read(stream, size).nals).toEqual(splitAnnexB(stream).map(nal => nal.toString('hex')))
      }),
      { numRuns: 1000 },
    )
  })
})
