import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Milliseconds a start may take: the first one installs and builds. */
const START_MS_MAX = 240_000

/** Folder of the project. */
const project = new URL('../..', import.meta.url).pathname

/** A server started as its user starts it: `npm start`, in processes of its own. */
export class StartedServer {
  readonly #process: ChildProcess
  readonly #lines: string[]
  readonly url: string
  readonly rtspPort: number

  private constructor(process: ChildProcess, lines: string[], api: string, rtspPort: number) {
    this.#process = process
    this.#lines = lines
    this.url = `http://${api}/`
    this.rtspPort = rtspPort
  }

  /** Runs `npm start -- --data FOLDER -c …` on free ports of loopback, and waits until it listens. */
  static async start(dataFolder: string, ...configs: readonly string[]): Promise<StartedServer> {
    const inline = '{api: {listen: "127.0.0.1:0"}, rtsp: {listen: "127.0.0.1:0"}, webrtc: {listen: "127.0.0.1:0"}}'
    const flags = [...configs, inline].flatMap(config => ['-c', config])
    const npm = spawn('npm', ['start', '--silent', '--', '--data', dataFolder, ...flags], {
      cwd: project,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const deadline = setTimeout(() => killGroup(npm, 'SIGKILL'), START_MS_MAX)
    const lines: string[] = []
    let rtspPort = 0
    for await (const line of createInterface({ input: npm.stdout! })) {
      lines.push(line)
      rtspPort = Number(/\[rtsp\] listen addr=\S+:(\d+)/.exec(line)?.[1] ?? rtspPort)
      const api = /\[api\] listen addr=(\S+)/.exec(line)?.[1]
      if (api === undefined) continue
      clearTimeout(deadline)
      npm.stdout!.resume()
      return new StartedServer(npm, lines, api, rtspPort)
    }
    throw new Error(`npm start ended before it listened:\n${lines.join('\n')}`)
  }

  /** What it has said so far. */
  get lines(): readonly string[] {
    return this.#lines
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Asks it to end, and waits. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const gone = once(this.#process, 'exit')
    killGroup(this.#process, signal)
    await gone
  }
}

const killGroup = (process: ChildProcess, signal: NodeJS.Signals): void => {
  if (process.pid === undefined) return
  try {
    globalThis.process.kill(-process.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
