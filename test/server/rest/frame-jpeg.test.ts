import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeOf } from '#server/rest/frame-jpeg.ts'

test.each([
  ['w=320&h=200', { width: 320, height: 200 }],
  ['width=320&w=5', { width: 320 }],
  ['height=7680', { height: 7680 }],
  ['w=999999999&h=7681', {}],
  ['w=0&h=-5', {}],
  ['w=1e3&h=0x10', {}],
  ['w=320:240,drawtext=x', {}],
  ['rotate=90', { rotate: 90 }],
  ['rotate=-90', { rotate: -90 }],
  ['rotate=45', {}],
  ['rotate=abc', {}],
  ['hw', { hardware: '' }],
  ['hardware=vaapi', { hardware: 'vaapi' }],
  ['hw=;rm', { hardware: 'software' }],
])('%s asks for %o', (query, change) => {
  expect(changeOf(new URLSearchParams(query))).toEqual(change)
})

test('whatever is asked for, only sensible numbers and known engines get through', () => {
  const keys = fc.constantFrom('w', 'width', 'h', 'height', 'rotate', 'hw', 'hardware')
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, fc.oneof(fc.string(), fc.integer().map(String)))), pairs => {
      const { width = 1, height = 1, rotate = 90, hardware = '' } = changeOf(new URLSearchParams(pairs))
      for (const side of [width, height]) expect(Number.isInteger(side) && side > 0 && side <= 7680).toBe(true)
      expect([90, 180, 270, -90]).toContain(rotate)
      expect(hardware).toMatch(/^[a-z0-9]*$/)
    }),
  )
})
