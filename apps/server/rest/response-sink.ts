import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { Sink } from '#media'

/** Milliseconds a viewer has to take what is still under way when its stream ends; then its connection is cut. */
const LAST_BYTES_MS_MAX = 5000

/**
 * The body of an HTTP response as a sink: chunked, or up to the end of the connection for HTTP/1.0. Nothing of the
 * response is sent before the first `begin`, so that an error can still be answered in its place.
 */
export class ResponseSink implements Sink {
  readonly #reply: FastifyReply
  readonly #response: ServerResponse
  readonly #gone = Promise.withResolvers<void>()
  #ended = false
  #left = false

  constructor(reply: FastifyReply) {
    this.#reply = reply
    this.#response = reply.raw
    const leave = (): void => {
      this.#left = true
      this.#gone.resolve()
    }
    const { socket } = reply.request.raw
    // Whoever closes its side wants no more, even if it has not read what is under way.
    socket.once('end', leave)
    this.#response.once('close', () => {
      socket.removeListener('end', leave)
      leave()
    })
    this.#response.on('error', leave)
  }

  /** Fulfilled once the client has left, or everything was sent. */
  get gone(): Promise<void> {
    return this.#gone.promise
  }

  /** Whether the response has begun. */
  get begun(): boolean {
    return this.#response.headersSent
  }

  /** Bytes that Node holds for the connection, whatever they are of. */
  get pendingBytes(): number {
    return this.#response.writableLength
  }

  /** Sends the head: 200 with these headers, and those that were set for every response. */
  begin(headers: OutgoingHttpHeaders): void {
    if (this.#ended || this.#left || this.begun) return
    this.#reply.hijack()
    this.#response.writeHead(200, { ...(this.#reply.getHeaders() as OutgoingHttpHeaders), ...headers })
  }

  /** One chunk, in one write to the socket. */
  write(head: Buffer, body?: Buffer): void {
    if (this.#ended || this.#left || !this.begun) return
    this.#response.cork()
    this.#response.write(head)
    if (body !== undefined) this.#response.write(body)
    this.#response.uncork()
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    if (!this.begun) return
    this.#response.end()
    const cut = setTimeout(() => this.#response.destroy(), LAST_BYTES_MS_MAX)
    void this.gone.then(() => {
      clearTimeout(cut)
      if (!this.#response.writableFinished) this.#response.destroy()
    })
  }
}
