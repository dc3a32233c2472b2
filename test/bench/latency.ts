import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child, cpuSeconds, type Findings, nowMs, numberOption, type Options, pass, rounded } from './measure.ts'
import { startCamera, startOurServer } from './servers.ts'

const MBITS = 2
const SETTLE_MS = 4000

/**
 * From the camera's socket to a viewer's: many streams, some viewers each. The floor is the same viewer at
 * the same cameras without us between.
 */
export const run = async (options: Options): Promise<Findings> => {
  const streams = numberOption(options, 'streams', 50)
  const viewers = numberOption(options, 'viewers', 4)
  const seconds = numberOption(options, 'seconds', 30)
  const folder = mkdtempSync(join(tmpdir(), 'sightline-sink-'))
  const sink = join(folder, 'sink')
  execFileSync('gcc', ['-O2', '-o', sink, join(import.meta.dirname, 'sink.c')])
  await using camera = await startCamera(MBITS)
  const names = Array.from({ length: streams }, (_, at) => `cam${at}`)
  const floor = await floorOf(camera.rtspPort, names, seconds)
  const sources = names.map(name => [name, `rtsp://127.0.0.1:${camera.rtspPort}/${name}`])
  await using server = await startOurServer(Object.fromEntries(sources))
  await using crowd = new AsyncDisposableStack()
  if (viewers > 1)
    for (const name of names) {
      const child = crowd.use(new Child(sink, [String(server.rtspPort), `/${name}`, String(viewers - 1)]))
      await child.line(/^READY/)
    }
  await using viewer = startViewer(server.rtspPort, names)
  await viewer.line(/^READY/)
  await pass(SETTLE_MS)
  const [cpu, at] = [cpuSeconds(server.pid), nowMs()]
  const ours = await delaysOf(viewer, seconds)
  const cpuPercent = ((cpuSeconds(server.pid) - cpu) / (nowMs() - at)) * 100_000
  rmSync(folder, { recursive: true, force: true })
  return {
    rows: [
      { what: 'floor: viewer at the cameras', ...floor, 'cpu %': '' },
      { what: `through Sightline, ${streams} × ${viewers}`, ...ours, 'cpu %': rounded(cpuPercent) },
    ],
    notes: [
      `${streams} cameras, H264 1080p25 at ${MBITS} Mbit/s, RTSP over TCP in and out, ${viewers} viewers each; ${seconds} s.`,
      'Milliseconds from the moment the camera wrote a picture’s first packet to the moment one viewer of each stream read',
      'it; all pictures of all streams. Camera, server and viewers share the machine’s cores. CPU of the server alone.',
    ],
  }
}

const startViewer = (port: number, names: readonly string[]): Child =>
  new Child(process.execPath, [
    join(import.meta.dirname, 'delay-viewer.ts'),
    String(port),
    ...names.map(name => `/${name}`),
  ])

const floorOf = async (port: number, names: readonly string[], seconds: number) => {
  await using viewer = startViewer(port, names)
  await viewer.line(/^READY/)
  await pass(SETTLE_MS)
  return await delaysOf(viewer, seconds)
}

const delaysOf = async (viewer: Child, seconds: number) => {
  viewer.tell('from here on')
  await viewer.line(/^DELAYS/)
  await pass(seconds * 1000)
  viewer.tell('how long')
  const [, count, p50, p99, max, p999] = await viewer.line(/^DELAYS (\d+) (\S+) (\S+) (\S+) (\S+)/)
  return {
    pictures: Number(count),
    'p50 ms': rounded(Number(p50)),
    'p99 ms': rounded(Number(p99)),
    'p99.9 ms': rounded(Number(p999)),
    'worst ms': rounded(Number(max)),
  }
}
