import { expect, test } from 'vitest'
import { formatVp8Descriptor, isVp8Keyframe, readVp8Payload } from '#media/codecs/vp8/descriptor.ts'
import { MalformedError } from '#media/runtime/errors.ts'

test.each([
  { name: 'one byte', hex: '10aa', begins: true },
  { name: 'of a picture nobody refers to', hex: '30aa', begins: true },
  { name: 'of a later piece', hex: '00aa', begins: false },
  { name: 'of another partition', hex: '11aa', begins: false },
  { name: 'with a short number', hex: '908001aa', begins: true },
  { name: 'with a long number', hex: '90808001aa', begins: true },
  { name: 'with TL0PICIDX', hex: '904005aa', begins: true },
  { name: 'with a layer', hex: '902005aa', begins: true },
  { name: 'with KEYIDX', hex: '901005aa', begins: true },
  { name: 'with everything', hex: '80f080010203aa', begins: false },
])('a descriptor $name is taken off', ({ hex, begins }) => {
  expect(readVp8Payload(Buffer.from(hex, 'hex'))).toEqual({ begins, data: Buffer.of(0xaa) })
})

test.each(['', '10', '9080', '908080', '90808001', '90f080010203'])('without data behind it, %s is refused', hex => {
  expect(() => readVp8Payload(Buffer.from(hex, 'hex'))).toThrow(MalformedError)
})

test('what is written is read, and has 15 bits of number', () => {
  expect(formatVp8Descriptor(true, 0x12345).toString('hex')).toBe('9080a345')
  for (const begins of [true, false]) {
    const payload = Buffer.concat([formatVp8Descriptor(begins, 7), Buffer.of(1)])
    expect(readVp8Payload(payload)).toEqual({ begins, data: Buffer.of(1) })
  }
})

test('a keyframe says so in its first bit', () => {
  expect([isVp8Keyframe(Buffer.of(0x30)), isVp8Keyframe(Buffer.of(0x11))]).toEqual([true, false])
})
