import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FILM_MBITS } from './film.ts'
import {
  Child,
  cpuSeconds,
  type Findings,
  median,
  nowMs,
  numberOption,
  type Options,
  pass,
  residentMiB,
  rounded,
} from './measure.ts'
import { type Running, startCamera, startGstreamer, startOurServer } from './servers.ts'

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

/** One camera to many RTSP viewers over TCP: ours and GStreamer's, by turns, the median of each. */
export const run = async (options: Options): Promise<Findings> => {
  const counts = (options.get('viewers') ?? '10,50,200').split(',').map(Number)
  const runs = numberOption(options, 'runs', 3)
  const seconds = numberOption(options, 'seconds', 6)
  const folder = mkdtempSync(join(tmpdir(), 'sightline-sink-'))
  const sink = join(folder, 'sink')
  execFileSync('gcc', ['-O2', '-o', sink, join(import.meta.dirname, 'sink.c')])
  await using camera = await startCamera()
  const source = `rtsp://127.0.0.1:${camera.rtspPort}/cam`
  const servers: Readonly<Record<string, () => Promise<Running>>> = {
    sightline: () => startOurServer({ cam: source }),
    gstreamer: () => startGstreamer(camera.rtspPort),
  }
  const rows: Record<string, string | number>[] = []
  for (const viewers of counts) {
    const found = new Map<string, Measurement[]>()
    for (let i = 0; i < runs; i++)
      for (const [name, start] of Object.entries(servers)) {
        const measurement = await insist(() => measure(start, sink, viewers, seconds))
        found.set(name, [...(found.get(name) ?? []), measurement])
      }
    for (const [name, measurements] of found) rows.push(row(name, viewers, measurements))
  }
  rmSync(folder, { recursive: true, force: true })
  return {
    rows,
    notes: [
      `One camera, H264 1080p25 at ${FILM_MBITS} Mbit/s, RTSP over TCP in and out; median of ${runs} runs of ${seconds} s.`,
      'cost: percent of a core per viewer and Mbit/s sent; CPU of the server process alone, user and system.',
      'least share: what the worst served viewer got of what the camera sent; below 0.9 the row does not count.',
    ],
  }
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

const measure = async (
  start: () => Promise<Running>,
  sinkProgram: string,
  viewers: number,
  seconds: number,
): Promise<Measurement> => {
  await using server = await start()
  await using sink = new Child(sinkProgram, [String(server.rtspPort), '/cam', String(viewers)])
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
