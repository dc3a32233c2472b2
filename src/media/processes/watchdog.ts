import { type ChildProcess, spawn } from 'node:child_process'

/** The environment variable that marks everything a spawner starts, and what that starts. */
export const MARK = 'SIGHTLINE_SPAWNER'

/**
 * Remembers the newest whole list of process groups it was told. When nobody holds the other end of its
 * input any more it kills them, and on Linux all that bear the mark: what was just being started is in
 * no list, and what has left its group is not either. After `done` it just ends.
 */
const SCRIPT = `groups=
while read -r line; do
  [ "$line" = done ] && exit
  groups=$line
done
for group in $groups; do kill -s KILL -- "-$group"; done
for round in 1 2 3 4 5; do
  marked=$(grep -lsF -- "$0" /proc/[0-9]*/environ)
  [ "$marked" ] || break
  for file in $marked; do
    file=\${file#/proc/}
    kill -s KILL "\${file%/environ}"
  done
done
for second in 1 2 3 4 5; do
  kill -s 0 "$2" || exec rm -rf -- "$1"
  sleep 1
done`

/** What a watchdog has to know before it is needed. */
export interface WatchdogOptions {
  /** The value of `MARK` in the environment of everything that is to be ended. */
  readonly mark: string
  /** The folder that goes when the server has gone without tidying up. */
  readonly folder: string
  /** The server's process number. */
  readonly server: number
}

/**
 * A shell that ends all children when the spawner is gone, however it went: a spawner that was
 * killed can end nobody itself, and grandchildren would not even notice.
 */
export class Watchdog implements Disposable {
  readonly #shell: ChildProcess
  readonly #groups = new Set<number>()

  constructor({ mark, folder, server }: WatchdogOptions) {
    const { [MARK]: _, ...environment } = process.env
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT, `${MARK}=${mark}`, folder, String(server)], {
      // A session of its own: a signal to the terminal's processes does not reach it.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      env: environment,
    })
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
    this.#shell.stdin?.end('done\n')
  }
}
