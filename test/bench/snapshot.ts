import { execFile } from 'node:child_process'
import { loadavg } from 'node:os'
import { promisify } from 'node:util'
import {
  cpuSeconds,
  type Findings,
  familyCpuSeconds,
  nowMs,
  numberOption,
  type Options,
  pass,
  percentile,
  rounded,
  waitedCpuSeconds,
} from './measure.ts'
import { type OurServer, startCamera, startOurServer } from './servers.ts'

/** Milliseconds from one keyframe of the camera to the next. */
const KEYFRAMES_MS = 2000
/** Milliseconds in which the server's other work is measured, to be taken off. */
const QUIET_MS = 4000
/** Milliseconds after the last viewer in which the camera is let go. */
const LET_GO_MS = 1500
const TOGETHER = 50

const execute = promisify(execFile)

/** A picture of a stream: of one that nobody watches, of a watched one, fifty at once; and an ffmpeg for each. */
export const run = async (options: Options): Promise<Findings> => {
  const runs = numberOption(options, 'runs', 15)
  await using camera = await startCamera()
  const source = `rtsp://127.0.0.1:${camera.rtspPort}/cam`
  await using server = await startOurServer({ cam: source })
  const rows = [
    await byPeer(source, Math.min(runs, 8)),
    await cold(server, Math.min(runs, 8)),
    ...(await watched(server, runs)),
  ]
  return {
    rows,
    notes: [
      `A camera of 1080p, 4 Mbit/s, ${KEYFRAMES_MS / 1000} s from keyframe to keyframe. From asking to the last byte of the JPEG.`,
      'CPU: of server, spawner and ffmpeg together, a picture; without what the watched stream takes anyway.',
      'Each warm picture is of another keyframe. Programs of ours run at niceness 10, the peer does not.',
      `Load average of the machine: ${loadavg()[0]?.toFixed(1)}. With more than its cores, the milliseconds say who else is at work.`,
    ],
  }
}

const row = (what: string, times: readonly number[], cpu: number) => ({
  what,
  'p50 ms': rounded(percentile(times, 50)),
  'p99 ms': rounded(percentile(times, 99)),
  'CPU ms each': rounded((cpu * 1000) / times.length),
})

/** One ffmpeg a picture, at the camera itself. */
const byPeer = async (source: string, runs: number) => {
  const [before, times] = [waitedCpuSeconds(process.pid), [] as number[]]
  const output = ['-frames:v', '1', '-f', 'mjpeg', '-']
  for (let i = 0; i < runs; i++) {
    const startedAt = nowMs()
    await execute('ffmpeg', ['-v', 'error', '-rtsp_transport', 'tcp', '-i', source, ...output], { encoding: 'buffer' })
    times.push(nowMs() - startedAt)
  }
  return row('peer: ffmpeg -i rtsp -frames:v 1', times, waitedCpuSeconds(process.pid) - before)
}

const cold = async (server: OurServer, runs: number) => {
  const [before, times] = [familyCpuSeconds(server.pid), [] as number[]]
  for (let i = 0; i < runs; i++) {
    times.push((await snapshot(server)).elapsedMs)
    await pass(LET_GO_MS)
  }
  return row('nobody watches: dialed for it', times, familyCpuSeconds(server.pid) - before)
}

const watched = async (server: OurServer, runs: number) => {
  const leave = new AbortController()
  void watch(server, leave.signal)
  await pass(KEYFRAMES_MS)
  const quietFrom = cpuSeconds(server.pid)
  await pass(QUIET_MS)
  const restASecond = (cpuSeconds(server.pid) - quietFrom) / (QUIET_MS / 1000)
  /** CPU of what is done: of the programs, and of the server what is more than it takes anyway. */
  const counted = async (work: () => Promise<void>): Promise<number> => {
    const programs = (): number => familyCpuSeconds(server.pid) - cpuSeconds(server.pid)
    const [from, ownFrom, startedAt] = [programs(), cpuSeconds(server.pid), nowMs()]
    await work()
    const own = cpuSeconds(server.pid) - ownFrom - (restASecond * (nowMs() - startedAt)) / 1000
    return programs() - from + Math.max(0, own)
  }
  await snapshot(server)
  const [warm, known, together]: [number[], number[], number[]] = [[], [], []]
  const warmCpu = await counted(async () => {
    for (let i = 0; i < runs; i++) {
      await pass(KEYFRAMES_MS)
      warm.push((await snapshot(server)).elapsedMs)
    }
  })
  const knownCpu = await counted(async () => {
    for (let i = 0; i < runs; i++) known.push((await snapshot(server, '&cache=1m')).elapsedMs)
  })
  const togetherCpu = await counted(async () => {
    const all = await Promise.all(Array.from({ length: TOGETHER }, () => snapshot(server)))
    together.push(...all.map(({ elapsedMs }) => elapsedMs))
  })
  leave.abort()
  return [
    row('watched: warm decoder', warm, warmCpu),
    row('watched: cache=1m', known, knownCpu),
    row(`watched: ${TOGETHER} at once`, together, togetherCpu),
  ]
}

const snapshot = async ({ httpPort }: OurServer, more = ''): Promise<{ readonly elapsedMs: number }> => {
  const startedAt = nowMs()
  const response = await fetch(`http://127.0.0.1:${httpPort}/api/frame.jpeg?src=cam${more}`)
  const { byteLength } = await response.arrayBuffer()
  if (!response.ok || byteLength < 1000) throw new Error(`no picture: ${response.status}, ${byteLength} bytes`)
  return { elapsedMs: nowMs() - startedAt }
}

/** Watches until it is told to leave. */
const watch = async ({ httpPort }: OurServer, signal: AbortSignal): Promise<void> => {
  try {
    const response = await fetch(`http://127.0.0.1:${httpPort}/api/stream.mp4?src=cam`, { signal })
    for await (const _chunk of response.body ?? []) if (signal.aborted) return
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
