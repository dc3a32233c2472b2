/** The server takes no more for one stream. */
const SOURCES_MAX = 32

/** What the server writes in place of a password, and takes back for the password it stands for. */
export const MASK = '***'

/** One source while it is edited. */
export class SourceLine {
  text = $state('')
  readonly key: number

  constructor(key: number, text: string) {
    this.key = key
    this.text = text
  }
}

/** A stream's sources while they are edited: changed, ordered, added, taken away. */
export class SourceEditor {
  #lines = $state.raw<readonly SourceLine[]>([])
  #lastKey: number
  readonly #shown: readonly string[]

  constructor(shown: readonly string[]) {
    this.#shown = shown
    this.#lines = shown.map((text, index) => new SourceLine(index, text))
    this.#lastKey = shown.length
  }

  get lines(): readonly SourceLine[] {
    return this.#lines
  }

  get isFull(): boolean {
    return this.#lines.length >= SOURCES_MAX
  }

  /** Whether a password is shown as a mask. */
  get hasSecrets(): boolean {
    return this.#shown.some(source => source.includes(MASK))
  }

  /** What to save: without empty lines and surrounding space. */
  get result(): readonly string[] {
    return this.#lines.map(({ text }) => text.trim()).filter(text => text !== '')
  }

  get changed(): boolean {
    const { result } = this
    return result.length !== this.#shown.length || result.some((text, index) => text !== this.#shown[index])
  }

  add(): void {
    this.#lines = [...this.#lines, new SourceLine(++this.#lastKey, '')]
  }

  remove(index: number): void {
    this.#lines = this.#lines.toSpliced(index, 1)
  }

  /** Moves a line by so many places; a line at the edge stays. */
  move(index: number, by: number): void {
    const line = this.#lines[index]
    if (line === undefined || this.#lines[index + by] === undefined) return
    this.#lines = this.#lines.toSpliced(index, 1).toSpliced(index + by, 0, line)
  }
}
