/** go2rtc's: 16 pieces of 64 KiB. */
const RING_BYTES_MAX = 1 << 20

/** The newest log lines, at most 1 MiB of them. */
export class LogRing {
  readonly #lines: { readonly text: string; readonly bytes: number }[] = []
  /** Index of the oldest line that is kept: taking it out of the array each time would cost the whole array. */
  #oldest = 0
  #bytes = 0

  /** Bytes that are kept now. */
  get bytes(): number {
    return this.#bytes
  }

  /** Keeps one line, and forgets the oldest ones where there is no room. */
  add(line: string): void {
    const text = `${line}\n`
    const bytes = Buffer.byteLength(text)
    this.#lines.push({ text, bytes })
    this.#bytes += bytes
    while (this.#bytes > RING_BYTES_MAX) {
      this.#bytes -= this.#lines[this.#oldest]!.bytes
      this.#oldest += 1
    }
    if (this.#oldest > 1024 && this.#oldest * 2 > this.#lines.length) {
      this.#lines.splice(0, this.#oldest)
      this.#oldest = 0
    }
  }

  /** All of it, oldest first. */
  read(): string {
    return this.#lines
      .slice(this.#oldest)
      .map(line => line.text)
      .join('')
  }

  /** Forgets everything. */
  clear(): void {
    this.#lines.length = 0
    this.#oldest = 0
    this.#bytes = 0
  }
}
