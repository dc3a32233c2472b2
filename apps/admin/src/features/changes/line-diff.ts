/** One line of a comparison. */
export interface DiffLine {
  readonly kind: 'kept' | 'added' | 'removed'
  readonly text: string
}

/** What became of a short list of lines, in an order that reads well: removals before additions. */
export function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const lengths = commonLengths(before, after)
  const lines: DiffLine[] = []
  let b = 0
  let a = 0
  while (b < before.length || a < after.length) {
    const old = before[b]
    const now = after[a]
    if (old !== undefined && old === now) {
      lines.push({ kind: 'kept', text: old })
      b++
      a++
    } else if (old !== undefined && (now === undefined || lengthAt(lengths, b + 1, a) >= lengthAt(lengths, b, a + 1))) {
      lines.push({ kind: 'removed', text: old })
      b++
    } else if (now !== undefined) {
      lines.push({ kind: 'added', text: now })
      a++
    }
  }
  return lines
}

/** Longest common part of what follows each pair of places; lists here have at most some dozens of lines. */
function commonLengths(before: readonly string[], after: readonly string[]): readonly (readonly number[])[] {
  const table = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  for (let b = before.length - 1; b >= 0; b--) {
    for (let a = after.length - 1; a >= 0; a--) {
      const row = table[b]
      if (row === undefined) continue
      row[a] =
        before[b] === after[a]
          ? lengthAt(table, b + 1, a + 1) + 1
          : Math.max(lengthAt(table, b + 1, a), lengthAt(table, b, a + 1))
    }
  }
  return table
}

const lengthAt = (table: readonly (readonly number[])[], b: number, a: number): number => table[b]?.[a] ?? 0
