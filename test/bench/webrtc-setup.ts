import { join } from 'node:path'
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

/** Mbit/s of the film: little, as what is sent meanwhile is not what is measured. */
const MBITS = 0.2
/** Time in which what is sent to those who are connected is measured, to be taken off. */
const STEADY_MS = 3000
/** Time that many handshakes may take. */
const CONNECT_MS_MAX = 240_000
/** Time after which a browser that is gone has been let go: it is asked each 5 s, and has 30. */
const RELEASE_MS = 45_000

interface Answering extends AsyncDisposable {
  readonly pid: number
  readonly url: string
}

interface Measurement {
  readonly perSecond: number
  /** Milliseconds of CPU for each, of which the film is taken off. */
  readonly cpuMs: number
  readonly memoryMiB: number
  /** More than before anybody came. */
  readonly leftMiB: number
}

/** Browsers that connect by WebRTC one after another, four at a time: to ours, and to werift's own peer connection. */
export const run = async (options: Options): Promise<Findings> => {
  const count = numberOption(options, 'peers', 50)
  const runs = numberOption(options, 'runs', 3)
  const releaseMs = numberOption(options, 'release', RELEASE_MS)
  await using camera = await startCamera(MBITS)
  const source = `rtsp://127.0.0.1:${camera.rtspPort}/cam`
  const found = { sightline: [] as Measurement[], werift: [] as Measurement[] }
  for (let i = 0; i < runs; i++) {
    found.sightline.push(await measure(() => ours(source), count, releaseMs))
    found.werift.push(await measure(theirs, count, releaseMs))
  }
  return {
    rows: Object.entries(found).map(([name, measurements]) => row(name, count, measurements)),
    notes: [
      `${count} peers over UDP, four at a time, median of ${runs} runs; they share the machine, and their own handshakes limit the rate.`,
      'CPU: of the answering process for one connection, from the offer to the protected way; what it sends meanwhile is taken off.',
      `memory: of one that is connected. left: more than before they came, ${releaseMs / 1000} s after they have gone without a word; as many had been there before.`,
      'It is what the process holds, so it rises from crowd to crowd until the collector sweeps all of it, and falls then: the soak says what stays.',
    ],
  }
}

const ours = async (source: string): Promise<Answering> => {
  const server = await startOurServer({ cam: source })
  return {
    pid: server.pid,
    url: `http://127.0.0.1:${server.httpPort}/api/webrtc?src=cam`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const theirs = async (): Promise<Answering> => {
  const peer = await startWerift('quiet')
  return {
    pid: peer.pid,
    url: `http://127.0.0.1:${peer.httpPort}/`,
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  }
}

const peersOf = (url: string, count: number): Child =>
  new Child(process.execPath, [join(import.meta.dirname, 'webrtc-receivers.ts'), url, 'udp', String(count)])

const measure = async (start: () => Promise<Answering>, count: number, releaseMs: number): Promise<Measurement> => {
  await using server = await start()
  {
    // As many have been there before: what a first crowd makes grow is no leak.
    await using first = peersOf(server.url, count)
    await first.line(/^READY/, CONNECT_MS_MAX)
  }
  await pass(releaseMs)
  const before = { cpu: cpuSeconds(server.pid), memory: residentMiB(server.pid) }
  const peers = peersOf(server.url, count)
  const [, told] = await peers.line(/^READY (\d+)/, CONNECT_MS_MAX)
  const connected = { cpu: cpuSeconds(server.pid), memory: residentMiB(server.pid), at: nowMs() }
  await pass(STEADY_MS)
  const steady = (cpuSeconds(server.pid) - connected.cpu) / ((nowMs() - connected.at) / 1000)
  await peers[Symbol.asyncDispose]()
  await pass(releaseMs)
  const seconds = Number(told) / 1000
  return {
    perSecond: count / seconds,
    // On average half of them were there.
    cpuMs: ((connected.cpu - before.cpu - (steady * seconds) / 2) * 1000) / count,
    memoryMiB: (connected.memory - before.memory) / count,
    leftMiB: residentMiB(server.pid) - before.memory,
  }
}

const row = (server: string, peers: number, measurements: readonly Measurement[]) => {
  const of = (pick: (one: Measurement) => number): number => rounded(median(measurements.map(pick)))
  return {
    ...{ server, peers },
    'a second': of(one => one.perSecond),
    'CPU ms each': of(one => one.cpuMs),
    'memory MiB each': of(one => one.memoryMiB),
    'left MiB': of(one => one.leftMiB),
    runs: measurements.map(({ cpuMs }) => rounded(cpuMs)).join(' '),
  }
}
