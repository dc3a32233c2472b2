import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collectGarbage } from './inspector.ts'
import {
  Child,
  cpuSeconds,
  type Findings,
  freePort,
  nowMs,
  numberOption,
  type Options,
  pass,
  residentMiB,
  rounded,
} from './measure.ts'
import { type OurServer, startCamera, startOurServer } from './servers.ts'

const MBITS = 2
/** Every visit: so many viewers of one stream, for so long. */
const VIEWERS_A_VISIT = 4
const VISIT_MS = 5000
/** A visit begins as often. */
const VISIT_EACH_MS = 500
const SAMPLE_EACH_MS = 2000
/** The same after all garbage was collected: what is then left cannot be given back, and must not grow. */
const COLLECT_EACH_MS = 60_000
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
  const inspectorPort = await freePort()
  const flags = [`--inspect=127.0.0.1:${inspectorPort}`]
  await using running = await startOurServer(Object.fromEntries(sources), flags)
  const server = { ...running, inspectorPort }
  const filesBefore = openFiles(server.pid)
  const { samples, collected, visitCount, failed, cpuPercent } = await visited(server, sink, names, minutes)
  await pass(EMPTY_MS)
  rmSync(folder, { recursive: true, force: true })
  const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE))
  const kept = collected.slice(Math.floor(collected.length * WARM_UP_SHARE))
  return {
    rows: [
      {
        minutes,
        viewers: visitCount * VIEWERS_A_VISIT,
        'visits failed': failed,
        'kept MiB an hour': rounded(slope(kept)),
        'kept MiB when warm': rounded(kept[0]?.mebibytes ?? Number.NaN),
        'kept MiB at the end': rounded(kept.at(-1)?.mebibytes ?? Number.NaN),
        'most MiB': rounded(Math.max(...warm.map(({ mebibytes }) => mebibytes))),
        'viewers left': await viewersLeft(server.httpPort),
        'files more': openFiles(server.pid) - filesBefore,
        'cpu %': rounded(cpuPercent),
      },
    ],
    notes: [
      `${streams} streams of ${MBITS} Mbit/s; ${VIEWERS_A_VISIT} RTSP viewers come each ${VISIT_EACH_MS / 1000} s and stay ${VISIT_MS / 1000} s, so that sources are dialed and let go all the time.`,
      'kept: resident memory after a collection of all garbage each minute, the line of least squares through it after the first quarter;',
      'a run of a few minutes says little of it. most: resident memory in between, with what waits to be collected.',
      ' viewers left, files more: what is still there 10 s after the last has gone.',
    ],
  }
}

interface Sample {
  readonly hours: number
  readonly mebibytes: number
}

/** A server whose garbage can be collected. */
type Inspected = OurServer & { readonly inspectorPort: number }

/** Visits for so many minutes, and the memory meanwhile. */
const visited = async (server: Inspected, sink: string, names: readonly string[], minutes: number) => {
  const [samples, collected]: [Sample[], Sample[]] = [[], []]
  const [beganAt, cpuBefore] = [nowMs(), cpuSeconds(server.pid)]
  const visits = new Set<Promise<void>>()
  let [visitCount, failed, sampledAt, collectedAt] = [0, 0, 0, 0]
  const sample = (): Sample => ({ hours: (nowMs() - beganAt) / 3_600_000, mebibytes: residentMiB(server.pid) })
  while (nowMs() - beganAt < minutes * 60_000) {
    const visit = pay(sink, server.rtspPort, `/${names[visitCount++ % names.length]}`)
      .catch(() => void failed++)
      .finally(() => visits.delete(visit))
    visits.add(visit)
    await pass(VISIT_EACH_MS)
    if (nowMs() - sampledAt < SAMPLE_EACH_MS) continue
    sampledAt = nowMs()
    samples.push(sample())
    if (nowMs() - collectedAt < COLLECT_EACH_MS) continue
    collectedAt = nowMs()
    await collectGarbage(server.inspectorPort)
    collected.push(sample())
  }
  const cpuPercent = ((cpuSeconds(server.pid) - cpuBefore) / (nowMs() - beganAt)) * 100_000
  await Promise.all(visits)
  return { samples, collected, visitCount, failed, cpuPercent }
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

/** MiB an hour. */
const slope = (points: readonly Sample[]): number => {
  const mean = (of: (point: Sample) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [x, y] = [mean(({ hours }) => hours), mean(({ mebibytes }) => mebibytes)]
  return mean(({ hours, mebibytes }) => (hours - x) * (mebibytes - y)) / mean(({ hours }) => (hours - x) ** 2)
}
