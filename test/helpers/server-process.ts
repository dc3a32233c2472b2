import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'

/** Milliseconds a test waits for a line or for the end before it says what it waited for. */
const WAIT_MS_MAX = 20_000

/** The server as a program of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly child: ChildProcess
  /** Everything written so far, by both outputs. */
  readonly output: () => string
  /** The first match of a pattern in the output; rejects after 20 s with what there was. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  /** Its exit code; rejects after 20 s. */
  ended(): Promise<number | null>
}

/** Starts `apps/server/main.ts` with these arguments, in a temporary folder. */
export const startServerProcess = (args: readonly string[], workingFolder?: string): ServerProcess => {
  const folder = workingFolder ?? mkdtempSync(join(tmpdir(), 'sightline-process-'))
  const main = join(import.meta.dirname, '..', '..', 'apps', 'server', 'main.ts')
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let wake = Promise.withResolvers<void>()
  const exit = new Promise<number | null>(resolve => child.once('close', code => resolve(code)))
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      wake.resolve()
    })
  return {
    child,
    output: () => output,
    async line(pattern) {
      for (;;) {
        const found = pattern.exec(output)
        if (found !== null) return found
        wake = Promise.withResolvers<void>()
        const outcome = await Promise.race([wake.promise, exit, after(WAIT_MS_MAX, 'late' as const, { ref: false })])
        if (outcome !== undefined && !pattern.test(output)) throw new Error(`no ${pattern} in:\n${output}`)
      }
    },
    async ended() {
      const outcome = await Promise.race([exit, after(WAIT_MS_MAX, 'late' as const, { ref: false })])
      if (outcome === 'late') throw new Error(`still runs after:\n${output}`)
      return outcome
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exit
      if (workingFolder === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}
