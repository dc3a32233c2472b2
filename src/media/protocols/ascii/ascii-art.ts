import type { PictureSize } from '../../core/consumer.ts'
import type { AsciiStyle, Coloring, Palette } from './ascii-style.ts'

/** Letters of a line, and lines: what a terminal on a large screen has. A larger picture is made smaller. */
const COLUMNS_MAX = 240
const ROWS_MAX = 120
/** A letter is about twice as high as wide. */
const LETTER_SHAPE = 2
const BYTES_A_PIXEL = 3

/** ECMA-48: the cursor to the first place, and back to the terminal's own colours. */
const HOME = '\u001b[H'
const RESET = '\u001b[0m'
/** Clears the screen before the first picture. */
export const clearScreen: Buffer = Buffer.from(`\u001b[2J${HOME}`)

/** Letters and lines for a picture: one a pixel, as go2rtc has it, or what fits in the shape of a terminal's letters. */
export const asciiSize = ({ width, height }: PictureSize): PictureSize => {
  if (width <= COLUMNS_MAX && height <= ROWS_MAX) return { width, height }
  const scale = Math.min(COLUMNS_MAX / width, (ROWS_MAX * LETTER_SHAPE) / height)
  return {
    width: Math.max(1, Math.floor(width * scale)),
    height: Math.max(1, Math.floor((height * scale) / LETTER_SHAPE)),
  }
}

/** A picture as text for a terminal, drawn over the one before. `pixels` are red, green and blue, row by row. */
export const asciiArt = (pixels: Buffer, { width, height }: PictureSize, style: AsciiStyle): Buffer => {
  const { letters } = style
  let text = HOME + fixed(style.color) + fixed(style.back)
  let before = ''
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = (row * width + column) * BYTES_A_PIXEL
      const pixel: Pixel = [pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0]
      const codes = following(style, pixel)
      if (codes !== before) text += `\u001b[${codes}m`
      before = codes
      text += letters[Math.floor((brightness(pixel) * letters.length) / 256)]!
    }
    text += '\r\n'
  }
  return Buffer.from(text + RESET)
}

type Pixel = readonly [red: number, green: number, blue: number]

const fixed = (coloring: Coloring): string =>
  coloring !== undefined && 'sgr' in coloring ? `\u001b[${coloring.sgr}m` : ''

/** The colours that follow this pixel; empty where none do. */
const following = ({ color, back }: AsciiStyle, pixel: Pixel): string => {
  const codes: string[] = []
  if (color !== undefined && 'palette' in color) codes.push(code(color.palette, pixel, 'color'))
  if (back !== undefined && 'palette' in back) codes.push(code(back.palette, pixel, 'back'))
  return codes.join(';')
}

/** Rec. 601 luma, from 0 to 255. */
const brightness = ([red, green, blue]: Pixel): number => (299 * red + 587 * green + 114 * blue) / 1000

/** SGR 30 to 37 and 40 to 47 (ECMA-48), 38 and 48 (ITU-T T.416 §13.1.8). */
const code = (palette: Palette, pixel: Pixel, where: 'color' | 'back'): string => {
  const base = where === 'color' ? 30 : 40
  const [red, green, blue] = pixel
  switch (palette) {
    case '8':
      return String(base + (red > 127 ? 1 : 0) + (green > 127 ? 2 : 0) + (blue > 127 ? 4 : 0))
    case '256': {
      // A cube of six steps a colour, from 16 on.
      const [r = 0, g = 0, b = 0] = pixel.map(value => Math.round((value * 5) / 255))
      return `${base + 8};5;${16 + 36 * r + 6 * g + b}`
    }
    case 'rgb':
      return `${base + 8};2;${red};${green};${blue}`
  }
}
