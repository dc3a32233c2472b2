import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { headerOf, parseStatusLine, type TextHeaders, type TextMessage } from '#media/net/text-message.ts'
import { InterleavedReader } from '#media/protocols/rtsp/interleaved-reader.ts'

/** Milliseconds a player waits for what it expects. */
const PATIENCE_MS = 10_000

/** What a server answered. */
export interface PlayerAnswer {
  readonly status: number
  readonly reason: string
  readonly headers: TextHeaders
  readonly body: string
}

/** A player that says exactly what a test says, on a real socket, and remembers the frames it got. */
export class RtspPlayer implements Disposable {
  /** Of the even channels: media. */
  readonly frames: { readonly channel: number; readonly payload: Buffer }[] = []
  /** Of the odd ones: RTCP. */
  readonly reports: { readonly channel: number; readonly payload: Buffer }[] = []
  readonly socket: Socket
  readonly closed: Promise<unknown>
  readonly #answers: TextMessage[] = []
  readonly #waiting = new Set<() => void>()
  #sequence = 0

  private constructor(socket: Socket) {
    this.socket = socket
    // However it ends: `once` would reject where the server hangs up on what is still being said.
    this.closed = new Promise(resolve => socket.once('close', resolve))
    const reader = new InterleavedReader({
      frame: (channel, memory, start, end) => {
        const payload = memory.subarray(start, end)
        ;(channel % 2 === 0 ? this.frames : this.reports).push({ channel, payload })
      },
      message: message => void this.#answers.push(message),
      skipped: () => {},
    })
    socket.on('error', () => {})
    socket.on('data', chunk => {
      reader.push(chunk as Buffer)
      this.#wake()
    })
    socket.on('close', () => this.#wake())
  }

  /** Connects. */
  static async connect(port: number, host = '127.0.0.1'): Promise<RtspPlayer> {
    const socket = connect({ port, host, noDelay: true })
    await once(socket, 'connect')
    return new RtspPlayer(socket)
  }

  /** Sends a request and waits for its answer. */
  async ask(method: string, target: string, headers: TextHeaders = [], body = ''): Promise<PlayerAnswer> {
    this.say(method, target, headers, body)
    return this.answer()
  }

  /** Sends a request. */
  say(method: string, target: string, headers: TextHeaders = [], body = ''): void {
    const length = body === '' ? [] : [['Content-Length', String(Buffer.byteLength(body))] as const]
    const lines = [['CSeq', String(++this.#sequence)] as const, ...headers, ...length]
    const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')
    this.socket.write(`${method} ${target} RTSP/1.0\r\n${head}\r\n\r\n${body}`)
  }

  /** Announces tracks, sets every one of them up and records. */
  async publish(target: string, sdp: string): Promise<PlayerAnswer> {
    const announced = await this.ask('ANNOUNCE', target, [['Content-Type', 'application/sdp']], sdp)
    if (announced.status !== 200) return announced
    const controls = [...sdp.matchAll(/a=control:(\S+)/g)].map(([, control]) => control)
    for (const [index, control] of controls.entries()) {
      const channels = `interleaved=${2 * index}-${2 * index + 1}`
      await this.ask('SETUP', `${target}/${control}`, [['Transport', `RTP/AVP/TCP;unicast;${channels};mode=record`]])
    }
    return this.ask('RECORD', target)
  }

  /** Sends one interleaved frame. */
  send(channel: number, payload: Buffer): void {
    const head = Buffer.of(0x24, channel, payload.length >> 8, payload.length & 0xff)
    this.socket.write(Buffer.concat([head, payload]))
  }

  /** The next answer that has not been read yet. */
  async answer(): Promise<PlayerAnswer> {
    await this.#until('an answer', () => this.#answers.length > 0)
    const { startLine, headers, body } = this.#answers.shift()!
    const { status, reason } = parseStatusLine(startLine)
    return { status, reason, headers, body: body.toString() }
  }

  /** Waits until so many frames have come. */
  async gotFrames(count: number): Promise<void> {
    await this.#until(`${count} frames`, () => this.frames.length >= count)
  }

  /** Describes, sets every track up and plays. */
  async play(target: string): Promise<void> {
    const { status, body } = await this.ask('DESCRIBE', target)
    if (status !== 200) throw new Error(`DESCRIBE was answered ${status}`)
    for (const [, control] of body.matchAll(/a=control:(\S+)/g))
      await this.ask('SETUP', `${target}/${control}`, [['Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1']])
    await this.ask('PLAY', target)
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }

  async #until(what: string, done: () => boolean): Promise<void> {
    const deadline = setTimeout(() => {
      this.socket.destroy()
    }, PATIENCE_MS)
    while (!done()) {
      if (this.socket.closed) throw new Error(`the connection ended, or time did, while waiting for ${what}`)
      await new Promise<void>(resolve => this.#waiting.add(resolve))
    }
    clearTimeout(deadline)
  }

  #wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resolve of waiting) resolve()
  }
}

/** A header of an answer. */
export const headerOfAnswer = (answer: PlayerAnswer, name: string): string | undefined => headerOf(answer.headers, name)
