import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAsciiStyle } from '#media/protocols/ascii/ascii-style.ts'

test.each([
  [
    { color: '', back: '', text: '' },
    { color: undefined, back: undefined, letters: [...' .:-=+*#%@'] },
  ],
  [
    { color: '8', back: 'rgb', text: 'x' },
    { color: { palette: '8' }, back: { palette: 'rgb' }, letters: ['x'] },
  ],
  [
    { color: '38;5;226', back: '256', text: 'block' },
    { color: { sgr: '38;5;226' }, back: { palette: '256' }, letters: [...' ░▒▓█'] },
  ],
  [
    { color: 'red', back: '0m\u001b[2J', text: 'a👍' },
    { color: undefined, back: undefined, letters: ['a', '👍'] },
  ],
] as const)('%o', (asked, style) => {
  expect(parseAsciiStyle(asked)).toEqual(style)
})

test('nothing but letters and colours gets into a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (color, text) => {
      const style = parseAsciiStyle({ color, back: color, text })
      expect(style.letters.length).toBeGreaterThan(0)
      expect(style.letters.length).toBeLessThanOrEqual(256)
      expect(JSON.stringify(style)).not.toContain('\\u001b')
    }),
  )
})
