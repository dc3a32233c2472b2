import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Child,
  cpuSeconds,
  type Findings,
  nowMs,
  numberOption,
  type Options,
  pass,
  residentMiB,
  rounded,
} from './measure.ts'
import { type Running, startCamera, startOurServer } from './servers.ts'

const MBITS = 2
/** Every visit: so many viewers of one stream, for so long. */
const VIEWERS_A_VISIT = 4
const VISIT_MS = 5000
/** A visit begins as often. */
const VISIT_EACH_MS = 500
const SAMPLE_EACH_MS = 2000
/** The part at the beginning that is not looked at: memory grows until every pool has been used. */
const WARM_UP_SHARE = 0.25
/** From the last visit's end until its sources have surely been let go. */
const EMPTY_MS = 10_000

/** Viewers coming and going for an hour: what memory does, and what is left when all have gone. The floor is no slope. */
export const run = async (options: Options): Promise<Findings> => {
  const minutes = numberOption(options, 'minutes', 60)
  const streams = numberOption(options, 'streams', 20)
  const folder = mkdtempSync(join(tmpdir(), 'sightline-sink-'))
  const sink = join(folder, 'sink')
  execFileSync('gcc', ['-O2', '-o', sink, join(import.meta.dirname, 'sink.c')])
  await using camera = await startCamera(MBITS)
  const names = Array.from({ length: streams }, (_, at) => `cam${at}`)
  const sources = names.map(name => [name, `rtsp://127.0.0.1:${camera.rtspPort}/${name}`])
  await using server = await startOurServer(Object.fromEntries(sources))
  const filesBefore = openFiles(server.pid)
  const { samples, visitCount, failed, cpuPercent } = await visited(server, sink, names, minutes)
  await pass(EMPTY_MS)
  rmSync(folder, { recursive: true, force: true })
  const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE))
  return {
    rows: [
      {
        minutes,
        viewers: visitCount * VIEWERS_A_VISIT,
        'visits failed': failed,
        'MiB an hour': rounded(slope(warm.map(({ hours, mebibytes }) => [hours, mebibytes]))),
        'MiB when warm': rounded(warm[0]?.mebibytes ?? Number.NaN),
        'MiB at the end': rounded(warm.at(-1)?.mebibytes ?? Number.NaN),
        'viewers left': await viewersLeft(server.httpPort),
        'files more': openFiles(server.pid) - filesBefore,
        'cpu %': rounded(cpuPercent),
      },
    ],
    notes: [
      `${streams} streams of ${MBITS} Mbit/s; ${VIEWERS_A_VISIT} RTSP viewers come each ${VISIT_EACH_MS / 1000} s and stay ${VISIT_MS / 1000} s, so that sources are dialed and let go all the time.`,
      'MiB an hour: the line of least squares through the resident memory after the first quarter; a run of a few minutes',
      'says little of it. viewers left, files more: what is still there 10 s after the last has gone.',
    ],
  }
}

/** Visits for so many minutes, and the memory meanwhile. */
const visited = async (server: Running, sink: string, names: readonly string[], minutes: number) => {
  const samples: { readonly hours: number; readonly mebibytes: number }[] = []
  const [beganAt, cpuBefore] = [nowMs(), cpuSeconds(server.pid)]
  const visits = new Set<Promise<void>>()
  let [visitCount, failed, sampledAt] = [0, 0, 0]
  while (nowMs() - beganAt < minutes * 60_000) {
    const visit = pay(sink, server.rtspPort, `/${names[visitCount++ % names.length]}`)
      .catch(() => void failed++)
      .finally(() => visits.delete(visit))
    visits.add(visit)
    await pass(VISIT_EACH_MS)
    if (nowMs() - sampledAt < SAMPLE_EACH_MS) continue
    sampledAt = nowMs()
    samples.push({ hours: (sampledAt - beganAt) / 3_600_000, mebibytes: residentMiB(server.pid) })
  }
  const cpuPercent = ((cpuSeconds(server.pid) - cpuBefore) / (nowMs() - beganAt)) * 100_000
  await Promise.all(visits)
  return { samples, visitCount, failed, cpuPercent }
}

/** Some viewers watch a stream for a while. Rejects when they are refused. */
const pay = async (sink: string, port: number, path: string): Promise<void> => {
  await using child = new Child(sink, [String(port), path, String(VIEWERS_A_VISIT)])
  await child.line(/^READY/)
  await pass(VISIT_MS)
}

const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length

const viewersLeft = async (httpPort: number): Promise<number> => {
  const answer = await fetch(`http://127.0.0.1:${httpPort}/api/streams`)
  const streams = (await answer.json()) as Record<string, { readonly consumers: readonly unknown[] | null }>
  return Object.values(streams).reduce((sum, { consumers }) => sum + (consumers?.length ?? 0), 0)
}

/** How much the second number grows for each of the first. */
const slope = (points: readonly (readonly [number, number])[]): number => {
  const mean = (of: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [x, y] = [mean(([one]) => one), mean(([, two]) => two)]
  return mean(([one, two]) => (one - x) * (two - y)) / mean(([one]) => (one - x) ** 2)
}
