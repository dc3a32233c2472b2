import type { ServerResponse } from 'node:http'

/**
 * A response as the engine's `Sink`: it goes on as long as its viewer, and the media are its body. Its head is written with the first bytes,
 * so that a viewer who could not be fed can still be answered in words.
 */
export class ResponseSink {
  readonly #response: ServerResponse
  readonly #headers: Readonly<Record<string, string>>

  /** `left` is called once, when the connection has gone, whoever ended it. */
  constructor(response: ServerResponse, headers: Readonly<Record<string, string>>, left: () => void) {
    this.#response = response
    this.#headers = headers
    response.once('close', left)
  }

  /** Whether the response has begun. */
  get begun(): boolean {
    return this.#response.headersSent
  }

  get pendingBytes(): number {
    return this.#response.writableLength
  }

  write(head: Buffer, body?: Buffer): void {
    const response = this.#response
    if (response.destroyed || response.writableEnded) return
    if (!response.headersSent) response.writeHead(200, this.#headers)
    if (body === undefined) {
      response.write(head)
      return
    }
    response.cork()
    response.write(head)
    response.write(body)
    response.uncork()
  }

  /** Does nothing to a response that has not begun: whoever refused the viewer answers it. */
  end(): void {
    if (this.#response.headersSent) this.#response.end()
  }
}
