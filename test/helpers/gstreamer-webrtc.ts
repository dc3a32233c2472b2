import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { until } from '#test/helpers/until.ts'

/** A peer by GStreamer's webrtcbin, in a process of its own that ends with this one. */
export class GStreamerPeer implements AsyncDisposable {
  readonly #process: ChildProcess
  /** What it has said so far. */
  readonly lines: string[] = []

  private constructor(process: ChildProcess) {
    this.#process = process
    createInterface({ input: process.stdout! }).on('line', line => this.lines.push(line))
  }

  /** Watches what there is at an address of WHEP, or publishes to one of WHIP. */
  static start(what: 'watch' | 'publish', url: string): GStreamerPeer {
    const script = new URL('./gstreamer-webrtc.py', import.meta.url).pathname
    const more = what === 'publish' ? ['--publish'] : []
    return new GStreamerPeer(spawn('/usr/bin/python3', [script, url, ...more], { stdio: ['pipe', 'pipe', 'inherit'] }))
  }

  /** Waits for a line; says what there was instead. */
  async line(pattern: RegExp, deadlineMs = 20_000): Promise<void> {
    try {
      await until(String(pattern), () => this.lines.some(line => pattern.test(line)), deadlineMs)
    } catch (error) {
      throw new Error(`${String(error)}; it said ${JSON.stringify(this.lines)}`)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#process, 'close')
    this.#process.kill('SIGKILL')
    await closed
  }
}
