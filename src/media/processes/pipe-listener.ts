import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../runtime/clock.ts'
import { millis } from '../runtime/units.ts'

/** Random bytes that say which pipe a connection is: nobody guesses them, and they do not repeat. */
const TOKEN_BYTES = 16
/** Characters of a token as it is sent: in hexadecimal. */
const TOKEN_LENGTH = 2 * TOKEN_BYTES
/** Milliseconds a connection may take to say which pipe it is: nobody else can make one, and a busy machine takes long. */
const TOKEN_MS_MAX = 30_000

/** A pipe that is waited for. */
export interface ExpectedPipe {
  /** What the connection has to say first. */
  readonly token: string
  readonly socket: Promise<Socket>
  /** Waits no longer: `socket` stays unsettled, and what still comes is closed. */
  forget(): void
}

/**
 * Where children's stdin and stdout arrive: a unix socket in a folder that nobody else can enter.
 * A pipe is a connection that begins with its token; everything after that is the program's.
 */
export class PipeListener implements Disposable {
  readonly path: string
  readonly #folder: string
  readonly #server: Server
  readonly #clock: Clock
  readonly #expected = new Map<string, (socket: Socket) => void>()
  readonly #removeFolder = (): void => {
    try {
      rmSync(this.#folder, { recursive: true, force: true })
    } catch {
      // Whoever cleans up temporary files finds it.
    }
  }

  private constructor(folder: string, clock: Clock) {
    this.#folder = folder
    this.#clock = clock
    this.path = join(folder, 'pipes')
    // A process that does not take the time to dispose.
    process.once('exit', this.#removeFolder)
    // A program that closes its output may still read its input, and the other way round.
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, socket => this.#accept(socket))
  }

  /** Listens. Rejects when there is no folder for temporary files. */
  static async listen(clock: Clock): Promise<PipeListener> {
    const listener = new PipeListener(await mkdtemp(join(tmpdir(), 'sightline-pipes-')), clock)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    listener.#server.once('error', reject)
    listener.#server.listen(listener.path, resolve)
    await promise
    listener.#server.off('error', reject)
    // Out of file descriptors: a pipe that does not come is missed by whoever waits for it.
    listener.#server.on('error', () => {})
    return listener
  }

  /** Waits for a pipe. */
  expect(): ExpectedPipe {
    const token = randomBytes(TOKEN_BYTES).toString('hex')
    const { promise, resolve } = Promise.withResolvers<Socket>()
    this.#expected.set(token, resolve)
    return { token, socket: promise, forget: () => void this.#expected.delete(token) }
  }

  #accept(socket: Socket): void {
    const late = this.#clock.after(millis(TOKEN_MS_MAX), () => socket.destroy())
    const drop = (): void => {
      late[Symbol.dispose]()
      socket.destroy()
    }
    socket.on('error', drop)
    // Also between here and whoever takes it.
    socket.on('error', () => {})
    const take = (): void => {
      const token: Buffer | null = socket.read(TOKEN_LENGTH)
      if (token === null) return
      late[Symbol.dispose]()
      socket.off('readable', take).off('error', drop).off('end', drop)
      const resolve = this.#expected.get(token.toString('latin1'))
      this.#expected.delete(token.toString('latin1'))
      if (resolve === undefined) socket.destroy()
      else resolve(socket)
    }
    socket.on('readable', take).on('end', drop)
  }

  /** Listens no more, and takes its folder away. The pipes that have come stay. */
  [Symbol.dispose](): void {
    this.#server.close()
    this.#expected.clear()
    process.off('exit', this.#removeFolder)
    this.#removeFolder()
  }
}
