import { describe, expect, test } from 'vitest'
import { PesReader, TimeUnwrapper } from '#media/formats/mpegts/pes-reader.ts'

const setUp = () => {
  const said: string[] = []
  const reader = new PesReader({
    begin: times => said.push(times ? `begin ${times.presentation} ${times.decoding}` : 'begin'),
    data: bytes => said.push(bytes.toString('hex')),
    complete: () => said.push('complete'),
    lost: () => said.push('lost'),
    end: () => said.push('end'),
  })
  let counter = 0
  const push = (hex: string, begins = false, continuity = counter, discontinuity = false): void => {
    counter = (continuity + 1) & 0x0f
    reader.push({ pid: 1, begins, continuity, discontinuity, payload: Buffer.from(hex.replaceAll(' ', ''), 'hex') })
  }
  return { said, push, reader }
}

describe('PES packets', () => {
  test.each([
    { name: 'no times', hex: '000001e0 0000 800000', said: ['begin'] },
    { name: 'a presentation time', hex: '000001e0 0000 808005 2100018001', said: ['begin 16384 16384'] },
    {
      name: 'both times',
      hex: '000001e0 0000 80c00a 3100018001 1100010001',
      said: ['begin 16384 0'],
    },
    { name: 'a time of 33 bits', hex: '000001e0 0000 808005 2fffffffff', said: ['begin 8589934591 8589934591'] },
    { name: 'no room for the time it promises', hex: '000001e0 0000 808002 2100', said: ['begin'] },
  ])('with $name are read', ({ hex, said: expected }) => {
    const { said, push } = setUp()
    push(`${hex} aabb`, true)
    expect(said).toEqual([...expected, 'aabb'])
  })

  test('that say their length end with it', () => {
    const { said, push } = setUp()
    push('000001c0 0007 800000 aa', true)
    push('bbccdd ffff')
    push('eeee')
    expect(said).toEqual(['begin', 'aa', 'bbccdd', 'complete'])
  })

  test.each([
    { name: 'no start code', hex: '000002e0 0000 800000' },
    { name: 'a header cut short', hex: '000001e0 0000' },
    { name: 'a header beyond the packet', hex: '000001e0 0000 8000ff' },
    { name: 'a header of MPEG-1', hex: '000001e0 0000 0fffff' },
  ])('with $name are passed over', ({ hex }) => {
    const { said, push } = setUp()
    push(hex, true)
    push('aabb')
    expect(said).toEqual(['lost'])
  })

  test('that have lost a part say so', () => {
    const { said, push, reader } = setUp()
    push('000001e0 0000 800000 aa', true, 14)
    push('bb', false, 15)
    push('bb', false, 15)
    push('cc', false, 0)
    push('ee', false, 2)
    push('ff', false, 9, true)
    reader.end()
    expect(said).toEqual(['begin', 'aa', 'bb', 'cc', 'lost', 'ee', 'ff', 'end'])
  })
})

test('times of 33 bits go on where they start over, forwards and back', () => {
  const unwrapper = new TimeUnwrapper()
  const wrap = 2 ** 33
  expect([wrap - 10, 20, wrap - 5, 30].map(time => unwrapper.unwrap(time))).toEqual([
    wrap - 10,
    wrap + 20,
    wrap - 5,
    wrap + 30,
  ])
  const back = new TimeUnwrapper()
  expect([5, wrap - 5].map(time => back.unwrap(time))).toEqual([5, -5])
})
