import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync } from 'node:fs'
import { freePort } from '#test/helpers/free-port.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

/** VLC refuses to run as root: the user "nobody" of every Linux. */
const NOBODY = 65_534

/** A camera played by VLC's RTSP output, which sends datagrams only. It plays 20 s of film again and again. */
export class VlcCamera implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #folder: TemporaryFolder
  readonly url: string

  private constructor(process: ChildProcess, folder: TemporaryFolder, url: string) {
    this.#process = process
    this.#folder = folder
    this.url = url
  }

  /** Starts one of pictures and sound in these codecs, as ffmpeg's options name them. It takes a moment to listen. */
  static async start(codecs: readonly string[]): Promise<VlcCamera> {
    const folder = new TemporaryFolder()
    const film = folder.at('film.mkv')
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25:duration=20'],
      ...[
        '-f',
        'lavfi',
        '-i',
        'sine=sample_rate=48000:duration=20',
        '-pix_fmt',
        'yuv420p',
        '-g',
        '25',
        ...codecs,
        film,
      ],
    ])
    const url = `rtsp://127.0.0.1:${await freePort()}/camera`
    const asRoot = process.getuid?.() === 0
    if (asRoot) for (const path of [folder.path, film]) chownSync(path, NOBODY, NOBODY)
    chmodSync(folder.path, 0o700)
    // It ends with whoever started it, so that it does not outlive a test run that is killed.
    const child = spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', 'vlc', '-I', 'dummy', '-q', '--loop', film, '--sout', `#rtp{sdp=${url}}`, '--sout-keep'],
      {
        ...{ stdio: 'ignore', env: { ...process.env, HOME: folder.path } },
        ...(asRoot ? { uid: NOBODY, gid: NOBODY } : {}),
      },
    )
    await once(child, 'spawn')
    return new VlcCamera(child, folder, url)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const gone = once(this.#process, 'exit')
      this.#process.kill('SIGKILL')
      await gone
    }
    this.#folder[Symbol.dispose]()
  }
}
