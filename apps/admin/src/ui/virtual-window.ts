/** Rows drawn beyond each edge of the view, so that a flick does not show emptiness. */
const OVERSCAN_ROWS = 6

/** Which rows of a long list are drawn, and where. */
export interface VirtualWindow {
  /** First row drawn. */
  readonly start: number
  /** One past the last row drawn. */
  readonly end: number
  /** Pixels from the list's top to the first row drawn. */
  readonly offset: number
  /** Pixels all rows take. */
  readonly height: number
}

/** Rows of equal height that a view of `viewHeight` pixels, scrolled by `scrollTop`, has to draw. */
export function virtualWindow(count: number, rowHeight: number, scrollTop: number, viewHeight: number): VirtualWindow {
  const height = count * rowHeight
  // A list that became shorter may still be scrolled past its end.
  const top = Math.min(Math.max(0, scrollTop), Math.max(0, height - viewHeight))
  const start = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN_ROWS)
  const end = Math.min(count, Math.ceil((top + viewHeight) / rowHeight) + OVERSCAN_ROWS)
  return { start, end, offset: start * rowHeight, height }
}

/** Where to scroll so that a row is wholly in view; the same place when it is. */
export function scrollToRow(row: number, rowHeight: number, scrollTop: number, viewHeight: number): number {
  const top = row * rowHeight
  if (top < scrollTop) return top
  return Math.max(scrollTop, top + rowHeight - viewHeight)
}
