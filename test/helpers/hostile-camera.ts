import { once } from 'node:events'
import type { Socket } from 'node:net'
import { numberedPicture } from '#test/helpers/numbered-camera.ts'
import { answer, type CameraScript, goodCamera, ScriptedCamera } from '#test/helpers/scripted-camera.ts'

/** Bytes that are given to a socket at once. */
const GULP_BYTES = 256 * 1024
/** Pictures of it that nobody else's numbers reach. */
const FIRST_PICTURE = 50_000

/** A camera that describes what a test says, answers well otherwise, and then sends what a test says. */
export class HostileCamera implements AsyncDisposable {
  readonly #camera: ScriptedCamera
  #picture = FIRST_PICTURE

  private constructor(camera: ScriptedCamera) {
    this.#camera = camera
  }

  /** Listens on a free port. */
  static async start(sdp: string, overrides: Readonly<Record<string, CameraScript>> = {}): Promise<HostileCamera> {
    const DESCRIBE: CameraScript = request => answer(request, '200 OK', [], sdp)
    return new HostileCamera(await ScriptedCamera.start(goodCamera({ DESCRIBE, ...overrides })))
  }

  /** Without a question for its speaker, and given up soon. */
  get source(): string {
    return `${this.#camera.url}#timeout=2`
  }

  get connectionCount(): number {
    return this.#camera.sockets.length
  }

  get methods(): readonly string[] {
    return this.#camera.methods
  }

  /** Fulfilled when it has been asked to play. */
  async played(): Promise<void> {
    await this.#camera.asked('PLAY')
  }

  /** Sends all of it, as fast as it is taken; what nobody takes any more is not sent. */
  async pour(frames: Iterable<Buffer>): Promise<void> {
    const socket = this.#socket
    let gulp: Buffer[] = []
    let bytes = 0
    for (const frame of frames) {
      gulp.push(frame)
      bytes += frame.length
      if (bytes < GULP_BYTES) continue
      await give(socket, gulp)
      gulp = []
      bytes = 0
    }
    await give(socket, gulp)
  }

  /** Behaves: shows one more picture to whoever plays now. */
  behave(): void {
    this.#socket.write(numberedPicture(this.#picture++))
  }

  get #socket(): Socket {
    return this.#camera.requests.findLast(({ method }) => method === 'PLAY')!.socket
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#camera[Symbol.asyncDispose]()
  }
}

const give = async (socket: Socket, pieces: readonly Buffer[]): Promise<void> => {
  if (socket.destroyed || pieces.length === 0) return
  if (!socket.write(Buffer.concat(pieces))) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
}
