import { expect, test } from 'vitest'
import { parseSprop } from '#media/codecs/nal/sprop.ts'

test.each([
  { name: 'two sets', text: 'Z0LA,aM4=', hex: ['6742c0', '68ce'] },
  { name: 'an empty place', text: ',aM4=', hex: ['68ce'] },
  { name: 'nothing', text: undefined, hex: [] },
  { name: 'a set of absurd length', text: `${'A'.repeat(8193)},aM4=`, hex: ['68ce'] },
])('reads $name', ({ text, hex }) => {
  expect(parseSprop(text).map(nal => nal.toString('hex'))).toEqual(hex)
})
