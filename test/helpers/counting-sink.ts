import type { MessageSink } from '#media/core/sink.ts'

/** A sink that counts what it is given, and keeps none of it; it may be one whose other side does not read. */
export class CountingSink implements MessageSink {
  readonly told: string[] = []
  messageCount = 0
  /** What the other side has not taken. */
  pendingBytes = 0
  ended = false
  readonly #reads: boolean

  /** `reads`: whether the other side takes anything at all. */
  constructor(reads = true) {
    this.#reads = reads
  }

  write(head: Buffer, body?: Buffer): void {
    this.messageCount++
    if (!this.#reads) this.pendingBytes += head.length + (body?.length ?? 0)
  }

  tell(type: string, value: string): void {
    this.told.push(`${type} ${value}`)
  }

  end(): void {
    this.ended = true
  }
}
