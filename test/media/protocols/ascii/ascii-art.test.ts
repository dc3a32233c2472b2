import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asciiArt, asciiSize } from '#media/protocols/ascii/ascii-art.ts'
import { parseAsciiStyle } from '#media/protocols/ascii/ascii-style.ts'

/** Black, red, white, green. */
const pixels = Buffer.from('000000ff0000ffffff00ff00', 'hex')
const draw = (asked: { readonly color?: string; readonly back?: string; readonly text?: string }): string =>
  asciiArt(pixels, { width: 2, height: 2 }, parseAsciiStyle({ color: '', back: '', text: '', ...asked }))
    .toString()
    .replaceAll('\u001b', 'ESC')

test.each([
  [{ text: 'abcd' }, 'ESC[Hab\r\ndc\r\nESC[0m'],
  [{ text: 'x' }, 'ESC[Hxx\r\nxx\r\nESC[0m'],
  [{ text: 'x', color: '8' }, 'ESC[HESC[30mxESC[31mx\r\nESC[37mxESC[32mx\r\nESC[0m'],
  [{ text: 'x', back: '256' }, 'ESC[HESC[48;5;16mxESC[48;5;196mx\r\nESC[48;5;231mxESC[48;5;46mx\r\nESC[0m'],
  [
    { text: 'x', color: 'rgb' },
    'ESC[HESC[38;2;0;0;0mxESC[38;2;255;0;0mx\r\nESC[38;2;255;255;255mxESC[38;2;0;255;0mx\r\nESC[0m',
  ],
  [{ text: 'x', color: '33', back: '44' }, 'ESC[HESC[33mESC[44mxx\r\nxx\r\nESC[0m'],
])('%o draws it so', (asked, text) => {
  expect(draw(asked)).toBe(text)
})

test.each([
  [
    { width: 64, height: 32 },
    { width: 64, height: 32 },
  ],
  [
    { width: 240, height: 120 },
    { width: 240, height: 120 },
  ],
  [
    { width: 1280, height: 720 },
    { width: 240, height: 67 },
  ],
  [
    { width: 720, height: 1280 },
    { width: 135, height: 120 },
  ],
  [
    { width: 65_535, height: 1 },
    { width: 240, height: 1 },
  ],
])('%o becomes %o letters', (picture, size) => {
  expect(asciiSize(picture)).toEqual(size)
})

test('no picture is larger than a terminal', () => {
  const side = fc.integer({ min: 1, max: 65_535 })
  fc.assert(
    fc.property(side, side, (width, height) => {
      const size = asciiSize({ width, height })
      expect(size.width >= 1 && size.width <= 240 && size.height >= 1 && size.height <= 120).toBe(true)
    }),
  )
})
