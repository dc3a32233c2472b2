import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { bareHeader, isAv1Keyframe, isSuperfluous, readObu, sizedHeader, splitObus } from '#media/codecs/av1/obu.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { encodedFrames } from '#test/helpers/ivf.ts'

let frames: readonly Buffer[]

beforeAll(async () => {
  frames = await encodedFrames('AV1')
})

test('takes what an encoder makes apart', () => {
  expect(frames.map(frame => splitObus(frame).map(({ type }) => type))).toEqual(
    frames.map((_, i) => (i % 5 === 0 ? [2, 1, 6] : [2, 6])),
  )
  expect(frames.map(frame => isAv1Keyframe(splitObus(frame)))).toEqual(frames.map((_, i) => i % 5 === 0))
})

test.each([
  { name: 'with its size', hex: '3202aabbcc', type: 6, payload: 'aabb', end: 4 },
  { name: 'without its size', hex: '30aabbcc', type: 6, payload: 'aabbcc', end: 4 },
  { name: 'with an extension', hex: '364801aa', type: 6, payload: 'aa', end: 4 },
  { name: 'that is empty', hex: '1200', type: 2, payload: '', end: 2 },
])('a unit $name is read', ({ hex, type, payload, end }) => {
  const read = readObu(Buffer.from(hex, 'hex'))
  expect([read.obu.type, read.obu.payload.toString('hex'), read.end]).toEqual([type, payload, end])
})

test('headers are written with the size, and without', () => {
  const { obu } = readObu(Buffer.from('344801aa', 'hex'))
  expect([sizedHeader(obu), bareHeader(obu)].map(header => header.toString('hex'))).toEqual(['364802', '3448'])
})

test.each(['', 'b200', '34', '3205aa', '3280'])('%s is refused', hex => {
  expect(() => readObu(Buffer.from(hex, 'hex'))).toThrow(MalformedError)
})

test('delimiters, tile lists and padding are superfluous', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 15].filter(isSuperfluous)).toEqual([2, 8, 15])
})

test.each([
  { name: 'a sequence header and a keyframe', hex: '0a0100320110', keyframe: true },
  { name: 'a sequence header and another frame', hex: '0a0100320130', keyframe: false },
  { name: 'a sequence header and a frame shown again', hex: '0a0100320190', keyframe: false },
  { name: 'a keyframe without sequence header', hex: '320110', keyframe: false },
  { name: 'a sequence header alone', hex: '0a0100', keyframe: false },
  { name: 'a still picture', hex: '0a01183201f0', keyframe: true },
  { name: 'an empty frame', hex: '0a01003200', keyframe: false },
])('$name is a keyframe: $keyframe', ({ hex, keyframe }) => {
  expect(isAv1Keyframe(splitObus(Buffer.from(hex, 'hex')))).toBe(keyframe)
})

test('any bytes are taken apart or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
      try {
        isAv1Keyframe(splitObus(Buffer.from(bytes)))
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }),
    { numRuns: 400 },
  )
})
