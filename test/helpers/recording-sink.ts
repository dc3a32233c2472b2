import type { MessageSink } from '#media/core/sink.ts'

/** A sink that keeps what it is given; a test says how much of it is pending. */
export class RecordingSink implements MessageSink {
  /** What was told, as `type value`. */
  readonly told: string[] = []
  /** Each message as one piece. */
  readonly messages: Buffer[] = []
  pendingBytes = 0
  ended = false

  write(head: Buffer, body?: Buffer): void {
    this.messages.push(body === undefined ? head : Buffer.concat([head, body]))
  }

  tell(type: string, value: string): void {
    this.told.push(`${type} ${value}`)
  }

  end(): void {
    this.ended = true
  }

  /** Everything that was written. */
  get bytes(): Buffer {
    return Buffer.concat(this.messages)
  }
}
