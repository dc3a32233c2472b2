import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FILM_MBITS } from './film.ts'
import { type Child, cpuSeconds, type Findings, median, nowMs, pass, residentMiB, rounded } from './measure.ts'

/** Time to settle before counting: more than from one keyframe to the next, at which viewers begin. */
const SETTLE_MS = 3000
/** Tries a run gets: a server that aborts while many viewers join would end all other runs with it. */
const TRIES_MAX = 3
/** A run in which a viewer got less than this share of the film is no run. */
const LEAST_SHARE = 0.9

interface Measurement {
  /** Percent of a core per viewer and Mbit/s. */
  readonly cost: number
  readonly cpuPercent: number
  readonly memoryMiB: number
  /** The worst served viewer's part of the film. */
  readonly leastShare: number
}

/** Somebody who serves viewers. */
export interface Serving extends AsyncDisposable {
  readonly pid: number
  /** A program that is so many viewers: says `READY`, and `BYTES n LEAST n` to each line. */
  viewers(count: number): Child
}

/** What is compared, for how many, how long. */
export interface FanOut {
  readonly servers: Readonly<Record<string, () => Promise<Serving>>>
  readonly counts: readonly number[]
  readonly runs: number
  readonly seconds: number
}

/** Measures servers by turns; the median of each. */
export const fanOut = async ({ servers, counts, runs, seconds }: FanOut): Promise<Findings['rows']> => {
  const rows: Record<string, string | number>[] = []
  for (const viewers of counts) {
    const found = new Map<string, Measurement[]>()
    for (let i = 0; i < runs; i++)
      for (const [name, start] of Object.entries(servers)) {
        const measurement = await insist(() => measure(start, viewers, seconds))
        found.set(name, [...(found.get(name) ?? []), measurement])
      }
    for (const [name, measurements] of found) rows.push(row(name, viewers, measurements))
  }
  return rows
}

/** Viewers that cost next to nothing, as a program: `sink PORT PATH VIEWERS [mse]`. Dispose to delete it. */
export const buildSink = (): { readonly program: string } & Disposable => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-sink-'))
  const program = join(folder, 'sink')
  execFileSync('gcc', ['-O2', '-o', program, join(import.meta.dirname, 'sink.c')])
  return { program, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

const insist = async <Result>(act: () => Promise<Result>): Promise<Result> => {
  for (let tries = 1; ; tries++) {
    try {
      return await act()
    } catch (error) {
      if (tries === TRIES_MAX) throw error
      process.stderr.write(`once more: ${String(error)}\n`)
    }
  }
}

const measure = async (start: () => Promise<Serving>, viewers: number, seconds: number): Promise<Measurement> => {
  await using server = await start()
  await using sink = server.viewers(viewers)
  await sink.line(/^READY/)
  await pass(SETTLE_MS)
  const before = await mark(sink, server.pid)
  await pass(seconds * 1000)
  const after = await mark(sink, server.pid)
  const took = (after.at - before.at) / 1000
  const mbits = ((after.bytes - before.bytes) * 8) / took / 1e6
  const cpuPercent = ((after.cpu - before.cpu) / took) * 100
  const least = ((after.least - before.least) * 8) / took / 1e6
  return {
    cost: cpuPercent / mbits,
    cpuPercent,
    memoryMiB: residentMiB(server.pid),
    leastShare: least / FILM_MBITS,
  }
}

const mark = async (sink: Child, pid: number) => {
  sink.tell('how many')
  const [, bytes, least] = await sink.line(/^BYTES (\d+) LEAST (\d+)/)
  return { at: nowMs(), cpu: cpuSeconds(pid), bytes: Number(bytes), least: Number(least) }
}

const row = (server: string, viewers: number, measurements: readonly Measurement[]) => {
  const of = (pick: (one: Measurement) => number): number => median(measurements.map(pick))
  const least = Math.min(...measurements.map(({ leastShare }) => leastShare))
  return {
    server: least < LEAST_SHARE ? `${server} (viewers starved)` : server,
    viewers,
    cost: rounded(of(({ cost }) => cost)),
    'cpu %': rounded(of(({ cpuPercent }) => cpuPercent)),
    'memory MiB': Math.round(of(({ memoryMiB }) => memoryMiB)),
    'least share': rounded(least),
    runs: measurements.map(({ cost }) => rounded(cost)).join(' '),
  }
}
