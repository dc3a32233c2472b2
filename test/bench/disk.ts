import { join } from 'node:path'
import { Child, type Findings, median, numberOption, type Options, pass, rounded } from './measure.ts'
import { type OurServer, startCamera, startOurServer } from './servers.ts'

const SETTLE_MS = 2000
/** Cameras watched at the same time: so many pictures that a percentile means something. */
const VIEWER_COUNT = 4

/** More than any household: the processor is to stay free, so that what is seen is the disk. */
const COMMITS_A_SECOND = 50
const QUERIES_A_SECOND = 10

const HISTORY = '{ events(first: 500) { events { position type } } }'

interface Delays {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** What commits and history queries cost the pictures on their way: the same server idle and busy, by turns. */
export const run = async (options: Options): Promise<Findings> => {
  const runs = numberOption(options, 'runs', 3)
  const seconds = numberOption(options, 'seconds', 8)
  await using camera = await startCamera()
  await using server = await startOurServer({ cam: `rtsp://127.0.0.1:${camera.rtspPort}/cam` })
  const program = join(import.meta.dirname, 'delay-viewer.ts')
  await using viewers = new AsyncDisposableStack()
  const watching = Array.from({ length: VIEWER_COUNT }, () =>
    viewers.use(new Child(process.execPath, [program, String(server.rtspPort), '/cam'])),
  )
  await Promise.all(watching.map(viewer => viewer.line(/READY/)))
  await pass(SETTLE_MS)
  const found = new Map<string, Delays[]>()
  for (let i = 0; i < runs; i++)
    for (const [what, work] of Object.entries(WORKS)) {
      const delays = await delaysDuring(watching, () => work(server, seconds))
      found.set(what, [...(found.get(what) ?? []), ...delays])
    }
  return {
    rows: [...found].map(([what, delays]) => row(what, delays)),
    notes: [
      `${VIEWER_COUNT} RTSP viewers of one camera; ${runs} turns of ${seconds} s each; median over viewers and turns.`,
      `Delay: from the camera's write to the viewer's read, in other processes of this machine.`,
    ],
  }
}

const delaysDuring = async (watching: readonly Child[], work: () => Promise<void>): Promise<Delays[]> => {
  await Promise.all(watching.map(ask))
  await work()
  return await Promise.all(watching.map(ask))
}

const ask = async (viewer: Child): Promise<Delays> => {
  viewer.tell('how long')
  const [, count, p50, p99, max] = await viewer.line(/^DELAYS (\d+) (\S+) (\S+) (\S+)/)
  return { count: Number(count), p50: Number(p50), p99: Number(p99), max: Number(max) }
}

const repeat = async (seconds: number, aSecond: number, act: (n: number) => Promise<Response>): Promise<void> => {
  const until = Date.now() + seconds * 1000
  for (let n = 0; Date.now() < until; n++) {
    const [answer] = await Promise.all([act(n), pass(1000 / aSecond)])
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`status ${answer.status}`)
  }
}

const commit = ({ httpPort }: OurServer, seconds: number): Promise<void> => {
  const source = (n: number): string => encodeURIComponent(`rtsp://127.0.0.1/${Date.now()}/${n}`)
  const url = `http://127.0.0.1:${httpPort}/api/streams?name=changing&src=`
  return repeat(seconds, COMMITS_A_SECOND, n => fetch(url + source(n), { method: 'PUT' }))
}

const readHistory = ({ httpPort }: OurServer, seconds: number): Promise<void> => {
  const headers = { 'content-type': 'application/json' }
  const request = { method: 'POST', headers, body: JSON.stringify({ query: HISTORY }) }
  return repeat(seconds, QUERIES_A_SECOND, () => fetch(`http://127.0.0.1:${httpPort}/api/graphql`, request))
}

/** What the server does while pictures pass through it. */
const WORKS: Readonly<Record<string, (server: OurServer, seconds: number) => Promise<void>>> = {
  'floor: nothing else': (_, seconds) => pass(seconds * 1000),
  [`${COMMITS_A_SECOND} commits a second`]: commit,
  [`${QUERIES_A_SECOND} pages of 500 events a second`]: readHistory,
}

const row = (what: string, delays: readonly Delays[]) => ({
  what,
  'p50 ms': rounded(median(delays.map(({ p50 }) => p50))),
  'p99 ms': rounded(median(delays.map(({ p99 }) => p99))),
  'worst ms': rounded(Math.max(...delays.map(({ max }) => max))),
  pictures: delays.reduce((sum, { count }) => sum + count, 0),
})
