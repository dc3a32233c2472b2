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
import { startCamera, startOurServer, startWerift } from './servers.ts'

/** Time to settle before counting: more than from one keyframe to the next, at which viewers begin. */
const SETTLE_MS = 3000
/** Time that many handshakes may take. */
const CONNECT_MS_MAX = 240_000
/** A run in which a viewer got less than this share of the film is no run. */
const LEAST_SHARE = 0.9

type Way = 'udp' | 'tcp'

interface Measurement {
  /** Microseconds of CPU for each packet and viewer. */
  readonly cost: number
  readonly cpuPercent: number
  readonly memoryMiB: number
  /** Of the film, to the viewer that counts. */
  readonly share: number
  readonly mbits: number
}

const RECEIVERS = join(import.meta.dirname, 'webrtc-receivers.ts')
/** Viewers of one process: more would keep it too busy to let the last ones in. */
const VIEWERS_A_PROCESS = 25

interface Viewers extends AsyncDisposable {
  stop(): void
  go(): void
}

/** Viewers who take what comes. */
const startViewers = async (url: string, way: Way, count: number): Promise<Viewers> => {
  const children: Child[] = []
  const signal = (name: NodeJS.Signals): void => {
    for (const { process: child } of children) child.kill(name)
  }
  const viewers: Viewers = {
    stop: () => signal('SIGSTOP'),
    go: () => signal('SIGCONT'),
    async [Symbol.asyncDispose]() {
      signal('SIGCONT')
      await Promise.all(children.map(child => child[Symbol.asyncDispose]()))
    },
  }
  for (let left = count; left > 0; left -= VIEWERS_A_PROCESS) {
    const child = new Child(process.execPath, [RECEIVERS, url, way, String(Math.min(left, VIEWERS_A_PROCESS))])
    children.push(child)
    await child.line(/^READY/, CONNECT_MS_MAX)
  }
  return viewers
}

/** Somebody who sends, and where offers are posted to. */
interface Sending extends AsyncDisposable {
  readonly pid: number
  readonly url: string
  /** How many are there, where it can be asked. */
  readonly viewers?: () => Promise<number>
}

/** One camera to many browsers: ours over UDP and TCP, beside werift's own sender, by turns, the median of each. */
export const run = async (options: Options): Promise<Findings> => {
  const counts = (options.get('viewers') ?? '10,50,100,200').split(',').map(Number)
  const ways = (options.get('ways') ?? 'udp,tcp').split(',') as Way[]
  const runs = numberOption(options, 'runs', 1)
  const seconds = numberOption(options, 'seconds', 8)
  await using camera = await startCamera()
  const source = `rtsp://127.0.0.1:${camera.rtspPort}/cam`
  const rows: Record<string, string | number>[] = []
  for (const viewers of counts) {
    const found = new Map<string, Measurement[]>()
    const note = (name: string, one: Measurement): void => void found.set(name, [...(found.get(name) ?? []), one])
    for (let i = 0; i < runs; i++) {
      for (const way of ways) note(`sightline ${way}`, await measure(() => ours(source), way, viewers, seconds))
      note('werift udp', await measure(theirs, 'udp', viewers, seconds))
    }
    for (const [name, measurements] of found) rows.push(row(name, viewers, measurements))
  }
  return { rows, notes: notes(runs, seconds) }
}

const notes = (runs: number, seconds: number): readonly string[] => [
  `One camera, H264 1080p25 at ${FILM_MBITS} Mbit/s; median of ${runs} runs of ${seconds} s; werift sends made-up packets of the same size and number.`,
  'µs a packet: CPU of the sending process alone, user and system, for each packet to each viewer. viewers a core: of 4 Mbit/s, at that cost.',
  'Viewers over UDP are stopped while it is counted, those over TCP read; one of them runs and counts what it gets: its share of the film.',
]

const ours = async (source: string): Promise<Sending> => {
  const server = await startOurServer({ cam: source })
  return {
    pid: server.pid,
    url: `http://127.0.0.1:${server.httpPort}/api/webrtc?src=cam`,
    viewers: async () => {
      const answer = await fetch(`http://127.0.0.1:${server.httpPort}/api/streams?src=cam`)
      const { consumers } = (await answer.json()) as { readonly consumers: readonly unknown[] | null }
      return consumers?.length ?? 0
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const theirs = async (): Promise<Sending> => {
  const peer = await startWerift()
  return {
    pid: peer.pid,
    url: `http://127.0.0.1:${peer.httpPort}/`,
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  }
}

const measure = async (
  start: () => Promise<Sending>,
  way: Way,
  viewers: number,
  seconds: number,
): Promise<Measurement> => {
  await using server = await start()
  await using others = await startViewers(server.url, way, viewers - 1)
  await using counting = new Child(process.execPath, [RECEIVERS, server.url, way, '1', 'count'])
  await counting.line(/^READY/)
  await pass(SETTLE_MS)
  if (way === 'udp') others.stop()
  const before = await mark(counting, server.pid)
  await pass(seconds * 1000)
  const after = await mark(counting, server.pid)
  const memoryMiB = residentMiB(server.pid)
  others.go()
  const there = await server.viewers?.()
  if (there !== undefined && there < viewers) throw new Error(`${there} of ${viewers} viewers are left`)
  const took = (after.at - before.at) / 1000
  const cpu = after.cpu - before.cpu
  const mbits = ((after.bytes - before.bytes) * 8) / took / 1e6
  return {
    cost: (cpu * 1e6) / ((after.packets - before.packets) * viewers),
    cpuPercent: (cpu / took) * 100,
    ...{ memoryMiB, mbits, share: mbits / FILM_MBITS },
  }
}

const mark = async (counting: Child, pid: number) => {
  counting.tell('how many')
  const [, packets, bytes] = await counting.line(/^CAME (\d+) (\d+)/)
  return { at: nowMs(), cpu: cpuSeconds(pid), packets: Number(packets), bytes: Number(bytes) }
}

const row = (sender: string, viewers: number, measurements: readonly Measurement[]) => {
  const of = (pick: (one: Measurement) => number): number => median(measurements.map(pick))
  const share = Math.min(...measurements.map(one => one.share))
  const cpuPercent = of(one => one.cpuPercent)
  return {
    sender: share < LEAST_SHARE ? `${sender} (viewers starved)` : sender,
    viewers,
    'µs a packet': rounded(of(({ cost }) => cost)),
    'cpu %': rounded(cpuPercent),
    'viewers a core': Math.floor((viewers * 100 * (of(({ mbits }) => mbits) / FILM_MBITS)) / cpuPercent),
    'memory MiB': Math.round(of(({ memoryMiB }) => memoryMiB)),
    'least share': rounded(share),
    runs: measurements.map(({ cost }) => rounded(cost)).join(' '),
  }
}
