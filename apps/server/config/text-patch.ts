/** Replaces a stretch of a text: from `start` to before `end`. */
export interface TextPatch {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A text with patches applied; those at one place in the order they were made. `undefined` when two overlap. */
export const applyPatches = (text: string, patches: readonly TextPatch[]): string | undefined => {
  let patched = ''
  let last = 0
  const inOrder = patches.toSorted((left, right) => left.start - right.start || left.end - right.end)
  for (const { start, end, text: replacement } of inOrder) {
    if (start < last) return undefined
    patched += text.slice(last, start) + replacement
    last = end
  }
  return patched + text.slice(last)
}

/** Where the line of an offset begins. */
export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1

/** Where the line that holds what ends at an offset is over: after its line break, or at the text's end. */
export const lineEnd = (text: string, offset: number): number => {
  if (offset > 0 && text[offset - 1] === '\n') return offset
  const at = text.indexOf('\n', offset)
  return at < 0 ? text.length : at + 1
}

/** The line break a text uses. */
export const lineBreakOf = (text: string): string => (/^[^\n]*\r\n/.test(text) ? '\r\n' : '\n')

/** A patch that puts whole lines in after the line of an offset. */
export const insertLines = (text: string, offset: number, lines: readonly string[]): TextPatch => {
  const at = lineEnd(text, offset)
  const lineBreak = lineBreakOf(text)
  const body = lines.join(lineBreak)
  // A file that does not end with a line break goes on not to.
  const inserted = at > 0 && text[at - 1] !== '\n' ? lineBreak + body : body + lineBreak
  return { start: at, end: at, text: inserted }
}
