/** A preference kept in this browser; `undefined` when there is none or the browser refuses to tell. */
export function readStored(key: string): string | undefined {
  try {
    return window.localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

/** Keeps a preference in this browser. A browser that refuses forgets it with the page. */
export function writeStored(key: string, value: string): void {
  try {
    window.localStorage.setItem(key, value)
  } catch {
    // Private windows and full stores refuse: the choice then holds for this page only.
  }
}
