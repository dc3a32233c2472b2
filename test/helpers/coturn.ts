import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

/** A real STUN and TURN server on 127.0.0.1, over UDP and TCP, that knows one user. */
export class Coturn implements AsyncDisposable {
  readonly username = 'porch'
  readonly credential = 'secret'
  readonly port: number
  readonly #folder: string
  readonly #child: ChildProcess

  private constructor(port: number, folder: string, child: ChildProcess) {
    this.port = port
    this.#folder = folder
    this.#child = child
  }

  /** `more` are further lines of its configuration. */
  static async start(more: readonly string[] = []): Promise<Coturn> {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-coturn-'))
    const port = await freePort()
    const lines = [
      ...['listening-ip=127.0.0.1', 'relay-ip=127.0.0.1', `listening-port=${port}`, 'realm=sightline.test'],
      ...['lt-cred-mech', 'user=porch:secret', 'fingerprint', 'no-cli', 'no-tls', 'no-dtls', 'no-rfc5780'],
      ...['allow-loopback-peers', 'min-port=42000', 'max-port=45999', 'verbose', 'simple-log'],
      ...[`log-file=${join(folder, 'log')}`, `pidfile=${join(folder, 'pid')}`, `userdb=${join(folder, 'db')}`],
      ...more,
    ]
    writeFileSync(join(folder, 'conf'), lines.join('\n'))
    const child = spawn('turnserver', ['-c', join(folder, 'conf')], { stdio: 'ignore', cwd: folder })
    const server = new Coturn(port, folder, child)
    await until(
      'coturn to listen',
      () => /UDP listener opened/i.test(server.log) && /TCP listener opened/i.test(server.log),
    )
    return server
  }

  /** What it wrote so far. */
  get log(): string {
    try {
      return readFileSync(join(this.#folder, 'log'), 'utf8')
    } catch {
      return ''
    }
  }

  url(kind: 'stun' | 'turn', transport: 'udp' | 'tcp' = 'udp'): string {
    return `${kind}:127.0.0.1:${this.port}${kind === 'turn' ? `?transport=${transport}` : ''}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGKILL')
      await once(this.#child, 'exit')
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
