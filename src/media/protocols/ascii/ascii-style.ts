/** Letters of a list: more shades than anybody sees. */
const LETTERS_MAX = 256
/** A terminal's colour as it is asked for (ECMA-48 §8.3.117, SGR), `38;5;226` for one. */
const SGR = /^[\d;]{1,32}$/
/** From dark to bright. */
const defaultLetters = ' .:-=+*#%@'
const blocks = ' ░▒▓█'

/** What a viewer asks for, in go2rtc's words. */
export interface AsciiRequestedStyle {
  /** Letters' colour: empty, `8`, `256`, `rgb`, or an SGR of one's own. */
  readonly color: string
  /** The same for what is behind them. */
  readonly back: string
  /** Empty, one letter, `block`, or letters from dark to bright. */
  readonly text: string
}

/** How many colours a terminal has. */
export type Palette = '8' | '256' | 'rgb'

/** A colour that follows the picture, one that does not, or none. */
export type Coloring = { readonly palette: Palette } | { readonly sgr: string } | undefined

/** How pictures become letters. */
export interface AsciiStyle {
  readonly color: Coloring
  readonly back: Coloring
  /** From dark to bright; at least one. */
  readonly letters: readonly string[]
}

/** Reads a style. What is no colour is none; nothing else gets into the terminal. */
export const parseAsciiStyle = ({ color, back, text }: AsciiRequestedStyle): AsciiStyle => ({
  color: coloring(color),
  back: coloring(back),
  letters: letters(text),
})

const coloring = (asked: string): Coloring => {
  if (asked === '8' || asked === '256' || asked === 'rgb') return { palette: asked }
  return SGR.test(asked) ? { sgr: asked } : undefined
}

const letters = (text: string): readonly string[] => {
  const chosen = text === '' ? defaultLetters : text === 'block' ? blocks : text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get into a terminal
  const printable = [...chosen.replace(/[\u0000-\u001f\u007f-\u009f]/g, '')].slice(0, LETTERS_MAX)
  return printable.length === 0 ? [...defaultLetters] : printable
}
