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
import { type Running, startCamera, startOurServer, untilPlayed } from './servers.ts'

/** What each camera sends. */
const MBITS = 2
/** Time to settle before counting, once all play. */
const SETTLE_MS = 3000

interface Measurement {
  readonly cpuPercent: number
  readonly memoryMiB: number
}

/** Many cameras in and nobody watching: ours with preloads, and as many `rtspsrc` in one process of GStreamer, by turns. */
export const run = async (options: Options): Promise<Findings> => {
  const cameras = numberOption(options, 'cameras', 100)
  const runs = numberOption(options, 'runs', 3)
  const seconds = numberOption(options, 'seconds', 10)
  const found = new Map<string, Measurement[]>()
  for (let i = 0; i < runs; i++)
    for (const [name, start] of Object.entries({ sightline: startOurs, gstreamer: startReaders })) {
      await using camera = await startCamera(MBITS)
      const sources = Array.from({ length: cameras }, (_, at) => `rtsp://127.0.0.1:${camera.rtspPort}/cam?${at}`)
      await using reader = await start(sources)
      await untilPlayed(camera, cameras)
      await pass(SETTLE_MS)
      found.set(name, [...(found.get(name) ?? []), await measure(reader.pid, seconds)])
    }
  const rows = [...found].map(([reader, measurements]) => {
    const cpuPercent = median(measurements.map(one => one.cpuPercent))
    return {
      reader,
      cameras,
      'cpu %': rounded(cpuPercent),
      'cpu % per camera': rounded(cpuPercent / cameras),
      'memory MiB': Math.round(median(measurements.map(one => one.memoryMiB))),
      runs: measurements.map(one => rounded(one.cpuPercent)).join(' '),
    }
  })
  return {
    rows,
    notes: [
      `${cameras} cameras, H264 1080p25 at ${MBITS} Mbit/s, RTSP over TCP; median of ${runs} runs of ${seconds} s.`,
      'CPU of the reading process alone, user and system. sightline keeps the pictures since the last keyframe of each',
      'camera, as for viewers; gstreamer takes the packets (rtspsrc) and drops them.',
    ],
  }
}

const startOurs = async (sources: readonly string[]): Promise<Pick<Running, 'pid'> & AsyncDisposable> => {
  const names = sources.map((source, at) => [`cam${at}`, source] as const)
  const server = await startOurServer(Object.fromEntries(names))
  for (const [name] of names) await preload(server.httpPort, name)
  return server
}

/** Keeps a stream of our server running. */
export const preload = async (httpPort: number, name: string): Promise<void> => {
  const answer = await fetch(`http://127.0.0.1:${httpPort}/api/preload?src=${name}`, { method: 'PUT' })
  if (!answer.ok) throw new Error(`preload ${name}: ${answer.status} ${await answer.text()}`)
}

const startReaders = async (sources: readonly string[]): Promise<Pick<Running, 'pid'> & AsyncDisposable> => {
  const pipelines = sources.flatMap((source, at) => [
    ...['rtspsrc', `name=r${at}`, `location=${source}`, 'protocols=tcp', 'latency=0', `r${at}.`, '!'],
    ...['fakesink', 'sync=false', 'async=false'],
  ])
  return new Child('gst-launch-1.0', ['-q', ...pipelines])
}

const measure = async (pid: number, seconds: number): Promise<Measurement> => {
  const [cpu, at] = [cpuSeconds(pid), nowMs()]
  await pass(seconds * 1000)
  return { cpuPercent: ((cpuSeconds(pid) - cpu) / (nowMs() - at)) * 100_000, memoryMiB: residentMiB(pid) }
}
