/** Longer lines are cut: a place in a file is shown, not the file. */
const LINE_CHARACTERS_MAX = 160

/** One line of a text, with a mark below its column when there is one; nothing when there is no such line. */
export function markedLine(text: string, line: number, column: number | null): string | undefined {
  const found = text.split(/\r?\n/)[line - 1]
  if (found === undefined || found.trim() === '') return undefined
  const shown = found.length > LINE_CHARACTERS_MAX ? `${found.slice(0, LINE_CHARACTERS_MAX)}…` : found
  if (column === null || column < 1 || column > shown.length + 1) return shown
  // Tabs stay tabs, so that the mark stands below its letter.
  const indent = found.slice(0, column - 1).replace(/[^\t]/g, ' ')
  return `${shown}\n${indent}^`
}
