import { type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { realPath } from './linked-file.ts'

/** Milliseconds of silence before a change is told: editors write in several steps. */
const SETTLE_MS = 100

/** Milliseconds between looks where the system cannot tell of changes (a network drive, too many watches). */
const POLL_MS = 2000

/**
 * Tells that a file may have changed, been made or been replaced; once for a burst of changes. The
 * folder is watched, because editors put a new file in the place of the old one.
 */
export class FileWatch implements Disposable {
  readonly #path: string
  readonly #onChange: () => void
  readonly #watchers: FSWatcher[] = []
  #timer: NodeJS.Timeout | undefined
  #poll: NodeJS.Timeout | undefined

  constructor(path: string, onChange: () => void) {
    this.#path = path
    this.#onChange = onChange
    for (const file of new Set([path, realPath(path)])) this.#watch(file)
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#watchers) watcher.close()
    clearInterval(this.#poll)
    clearTimeout(this.#timer)
  }

  #watch(file: string): void {
    try {
      const watcher = watch(dirname(file), (_event, name) => {
        if (name === null || name === basename(file)) this.#settle()
      })
      watcher.on('error', () => this.#startPolling())
      this.#watchers.push(watcher)
    } catch {
      this.#startPolling()
    }
  }

  #startPolling(): void {
    clearInterval(this.#poll)
    let before = signature(this.#path)
    this.#poll = setInterval(() => {
      const now = signature(this.#path)
      if (now === before) return
      before = now
      this.#settle()
    }, POLL_MS)
  }

  #settle(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#onChange, SETTLE_MS)
  }
}

/** What changes when a file does; empty while there is none. */
const signature = (path: string): string => {
  try {
    const { ino, mtimeMs, size } = statSync(path)
    return `${ino} ${mtimeMs} ${size}`
  } catch {
    return ''
  }
}
