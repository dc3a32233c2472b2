import { expect, test } from 'vitest'
import { formatVp9Descriptor, readVp9Payload } from '#media/codecs/vp9/descriptor.ts'
import { MalformedError } from '#media/runtime/errors.ts'

test.each([
  { name: 'of one byte', hex: '0c', begins: true, ends: true, layer: 0 },
  { name: 'of a middle piece', hex: '00', begins: false, ends: false, layer: 0 },
  { name: 'with a short number', hex: '8801', begins: true, ends: false, layer: 0 },
  { name: 'with a long number', hex: '848001', begins: false, ends: true, layer: 0 },
  { name: 'of a layer', hex: '280405', begins: true, ends: false, layer: 2 },
  { name: 'of a layer in flexible mode', hex: '3802', begins: true, ends: false, layer: 1 },
  { name: 'with two references', hex: '580302', begins: true, ends: false, layer: 0 },
  { name: 'with three references, the last of which wants more', hex: '58030303', begins: true, ends: false, layer: 0 },
  { name: 'with sizes of two layers', hex: '0a300140007801400078', begins: true, ends: false, layer: 0 },
  { name: 'with a group of pictures', hex: '0a080200080100', begins: true, ends: false, layer: 0 },
])('a descriptor $name is taken off', ({ hex, name, ...wanted }) => {
  expect(name).not.toBe('')
  expect(readVp9Payload(Buffer.from(`${hex}aa`, 'hex'))).toMatchObject(wanted)
})

test('what is behind it is the data', () => {
  for (const hex of ['0c', '848001', '280405', '580302', '0a300140007801400078', '0a080200080100'])
    expect(readVp9Payload(Buffer.from(`${hex}aabb`, 'hex')).data.toString('hex')).toBe('aabb')
})

test.each(['', '0c', '88', '888001', '2804', '5801', '0a', '0a10014000', '0a0805000000'])('%s is refused', hex => {
  expect(() => readVp9Payload(Buffer.from(hex, 'hex'))).toThrow(MalformedError)
})

test('what is written is read, and has 15 bits of number', () => {
  const descriptor = formatVp9Descriptor({ keyframe: false, begins: true, ends: false, pictureId: 0x12345 })
  expect(descriptor.toString('hex')).toBe('c8a345')
  for (const [begins, ends] of [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ] as const) {
    const payload = Buffer.concat([formatVp9Descriptor({ keyframe: true, begins, ends, pictureId: 1 }), Buffer.of(1)])
    expect(readVp9Payload(payload)).toEqual({ begins, ends, layer: 0, data: Buffer.of(1) })
  }
})

test('a size is one layer’s, and does not change what is read', () => {
  const size = [1920, 1080] as const
  const descriptor = formatVp9Descriptor({ keyframe: true, begins: true, ends: false, pictureId: 1, size })
  expect(descriptor.toString('hex')).toBe('8a80011007800438')
  expect(readVp9Payload(Buffer.concat([descriptor, Buffer.of(1)])).data).toEqual(Buffer.of(1))
})
