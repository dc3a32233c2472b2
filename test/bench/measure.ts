import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

/** What a benchmark found: rows to compare, and the words they cannot be read without. */
export interface Findings {
  readonly rows: readonly Readonly<Record<string, string | number>>[]
  readonly notes: readonly string[]
}

/** Numbers and words given after the benchmark's name: `--viewers 10,50`. */
export type Options = ReadonlyMap<string, string>

/** A number among the options. Throws when it is not one. */
export const numberOption = (options: Options, name: string, otherwise: number): number => {
  const value = Number(options.get(name) ?? otherwise)
  if (!Number.isFinite(value) || value <= 0) throw new TypeError(`--${name} must be a number above 0`)
  return value
}

const CLOCK_TICKS_A_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** Seconds of CPU, user and system, that a process with all its threads has used: proc(5), fields 14 and 15. */
export const cpuSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_A_SECOND
}

/** Seconds of CPU that the children of a process have used which have ended: proc(5), fields 16 and 17. */
export const waitedCpuSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / CLOCK_TICKS_A_SECOND
}

/** Seconds of CPU of a process, its children and theirs, also of those that have ended. */
export const familyCpuSeconds = (pid: number): number => {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = parentOf(Number(name))
    if (parent !== undefined) parents.set(Number(name), parent)
  }
  const belongs = (one: number | undefined): boolean => one === pid || (!!one && belongs(parents.get(one)))
  let sum = 0
  for (const one of parents.keys()) if (belongs(one)) sum += usedBy(one)
  return sum
}

const parentOf = (pid: number): number | undefined => {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
  } catch {
    return undefined
  }
}

const usedBy = (pid: number): number => {
  try {
    return cpuSeconds(pid) + waitedCpuSeconds(pid)
  } catch {
    return 0
  }
}

/** MiB of memory a process holds. */
export const residentMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/** The value in the middle; of two, the lower. */
export const median = (values: readonly number[]): number => percentile(values, 50)

/** The smallest value that `percent` of all do not exceed. */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN
}

/** A number with as many digits as can be meant. */
export const rounded = (value: number, digits = 3): number => Number(value.toPrecision(digits))

/** Lets time pass: a window in which something is counted. */
export const pass = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** Milliseconds since some moment, the same for every process of this machine. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6

/** A port of 127.0.0.1 that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

/** A child that is ended with what uses it, and whose lines can be waited for. */
export class Child implements AsyncDisposable {
  readonly process: ChildProcess
  readonly #lines: string[] = []
  #lastLine = ''
  readonly #waiting = new Set<() => void>()
  #ended = false

  constructor(program: string, parameters: readonly string[], options: SpawnOptions = {}) {
    this.process = spawn(program, parameters, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
    for (const stream of [this.process.stdout, this.process.stderr])
      if (stream) createInterface({ input: stream }).on('line', line => this.#hear(line))
    this.process.once('close', () => {
      this.#ended = true
      this.#wake()
    })
  }

  get #name(): string {
    return this.process.spawnargs.slice(0, 2).join(' ')
  }

  get pid(): number {
    return this.process.pid ?? 0
  }

  /** The first line from here on that matches. Rejects when the child ends, or after 30 s, with what it said. */
  async line(pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
    const until = Date.now() + timeoutMs
    for (;;) {
      while (this.#lines.length > 0) {
        const found = pattern.exec(this.#lines.shift() ?? '')
        if (found) return found
      }
      if (this.#ended || Date.now() > until)
        throw new Error(`${this.#name} did not say ${pattern}, but: ${this.#lastLine}`)
      await this.#change(until)
    }
  }

  /** Says a line to it. */
  tell(line: string): void {
    this.process.stdin?.write(`${line}\n`)
  }

  #hear(line: string): void {
    if (process.env['BENCH_VERBOSE']) process.stderr.write(`${this.#name}: ${line}\n`)
    this.#lastLine = line
    if (this.#lines.length < 10_000) this.#lines.push(line)
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
  }

  #change(until: number): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, Math.max(0, until - Date.now()))
      this.#waiting.add(done)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return
    const closed = new Promise(resolve => this.process.once('close', resolve))
    this.process.kill('SIGTERM')
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 3000)
    await closed
    clearTimeout(timer)
  }
}
