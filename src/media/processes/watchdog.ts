import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Remembers the newest whole list of process groups it was told, and kills them when nobody holds
 * the other end of its input any more.
 */
const SCRIPT = `groups=
while read -r line; do groups=$line; done
for group in $groups; do kill -s KILL -- "-$group"; done`

/**
 * A shell that ends all children when the spawner is gone, however it went: a spawner that was
 * killed can end nobody itself, and grandchildren would not even notice.
 */
export class Watchdog implements Disposable {
  readonly #shell: ChildProcess
  readonly #groups = new Set<number>()

  constructor() {
    // A session of its own: a signal to the terminal's processes does not reach it.
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' })
    // Without a shell, or when somebody ended it, children still end with an orderly end.
    this.#shell.on('error', () => {})
    this.#shell.stdin?.on('error', () => {})
    this.#shell.unref()
  }

  /** The shell's process. */
  get pid(): number | undefined {
    return this.#shell.pid
  }

  /** Ends this process group too. */
  guard(group: number): void {
    this.#groups.add(group)
    this.#tell()
  }

  /** This group has ended: its number may become another's. */
  forget(group: number): void {
    if (this.#groups.delete(group)) this.#tell()
  }

  #tell(): void {
    this.#shell.stdin?.write(`${[...this.#groups].join(' ')}\n`)
  }

  /** It guards nobody any more, and ends. */
  [Symbol.dispose](): void {
    this.#groups.clear()
    this.#tell()
    this.#shell.stdin?.end()
  }
}
