import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Milliseconds GStreamer may take to start: it loads its plugins. */
const START_MS_MAX = 20_000

/** H.264 with a keyframe each second, and AAC: what most cameras send. */
export const h264AndAac =
  '( videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ' +
  '! x264enc threads=1 tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=500 ! h264parse ' +
  '! rtph264pay name=pay0 pt=96 config-interval=-1 ' +
  'audiotestsrc is-live=true ! audio/x-raw,rate=16000,channels=1 ! avenc_aac ! rtpmp4gpay name=pay1 pt=97 )'

/** H.265 with a keyframe each second, and nothing else. */
export const h265Only =
  '( videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ' +
  '! x265enc speed-preset=ultrafast tune=zerolatency key-int-max=25 ! h265parse ' +
  '! rtph265pay name=pay0 pt=96 config-interval=-1 )'

/** What the camera plays, and to whom. */
export interface GStreamerCameraOptions {
  /** A launch line whose payloaders are called `pay0`, `pay1`, … Default: `h264AndAac`. */
  readonly launch?: string
  readonly username?: string
  readonly password?: string
  /** Basic instead of Digest authentication. */
  readonly basic?: boolean
  /** The only way it sends its packets. Default: as it is asked. */
  readonly lower?: 'tcp' | 'udp'
  /** A launch line that takes sound: its first element is called `depay_backchannel`. Default: it takes none. */
  readonly backchannel?: string
  /** Default: any free one. */
  readonly port?: number
}

/** A camera played by GStreamer's RTSP server, in a process of its own that ends with this one. */
export class GStreamerCamera implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly port: number

  private constructor(process: ChildProcess, port: number) {
    this.#process = process
    this.port = port
  }

  /** Starts one and waits until it listens. */
  static async start(options: GStreamerCameraOptions = {}): Promise<GStreamerCamera> {
    const script = new URL('./gstreamer-camera.py', import.meta.url).pathname
    const args = [script, '--launch', options.launch ?? h264AndAac, '--port', String(options.port ?? 0)]
    if (options.username !== undefined) args.push('--user', options.username, '--password', options.password ?? '')
    if (options.basic === true) args.push('--basic')
    if (options.lower !== undefined) args.push('--lower', options.lower)
    if (options.backchannel !== undefined) args.push('--backchannel', options.backchannel)
    // It ends when its input does, so that it does not outlive a test run that is killed.
    const process = spawn('/usr/bin/python3', args, { stdio: ['pipe', 'pipe', 'inherit'] })
    return new GStreamerCamera(process, await portOf(process))
  }

  /** Where it plays, without credentials. */
  get url(): string {
    return `rtsp://127.0.0.1:${this.port}/camera`
  }

  /** Ends it and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const gone = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await gone
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

const portOf = async (process: ChildProcess): Promise<number> => {
  const deadline = setTimeout(() => process.kill('SIGKILL'), START_MS_MAX)
  try {
    for await (const line of createInterface({ input: process.stdout! })) {
      const [, port] = /^PORT (\d+)$/.exec(line) ?? []
      if (port !== undefined) return Number(port)
    }
    throw new Error('the GStreamer camera ended, or did not start in time')
  } finally {
    clearTimeout(deadline)
  }
}
