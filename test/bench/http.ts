import { join } from 'node:path'
import {
  Child,
  cpuSeconds,
  type Findings,
  freePort,
  median,
  nowMs,
  numberOption,
  type Options,
  rounded,
} from './measure.ts'
import { startOurServer } from './servers.ts'

const STREAM_COUNT = 10
const CONNECTION_COUNT = 20

interface Load {
  readonly what: string
  readonly method: string
  /** `{n}` becomes the request's number, so that each PUT changes something. */
  readonly path: string
  readonly body?: string
}

const LOADS: readonly Load[] = [
  { what: `GET /api/streams (${STREAM_COUNT} streams)`, method: 'GET', path: '/api/streams' },
  {
    what: 'GraphQL: names and states of all streams',
    method: 'POST',
    path: '/api/graphql',
    body: JSON.stringify({ query: '{ streams { name status { state } } }' }),
  },
  {
    what: 'PUT /api/streams (an event each)',
    method: 'PUT',
    path: '/api/streams?name=changing&src=rtsp%3A%2F%2F127.0.0.1%2F{n}',
  },
]

/** Requests a second with 20 connections; the floor is node:http with a fixed answer. */
export const run = async (options: Options): Promise<Findings> => {
  const runs = numberOption(options, 'runs', 3)
  const seconds = numberOption(options, 'seconds', 3)
  const names = Array.from({ length: STREAM_COUNT }, (_, i) => [`camera-${i}`, `rtsp://127.0.0.1/${i}`])
  await using ours = await startOurServer(Object.fromEntries(names))
  const answer = await (await fetch(`http://127.0.0.1:${ours.httpPort}/api/streams`)).text()
  const floorPort = await freePort()
  const program = `require('http').createServer((_, answer) => answer.end(process.argv[2])).listen(${floorPort}, '127.0.0.1', () => console.log('READY'))`
  await using floor = new Child(process.execPath, ['--eval', program, '--', '-', answer])
  await floor.line(/READY/)
  const rows = [await measure('floor: node:http, the same bytes', floorPort, floor.pid, LOADS[0]!, runs, seconds)]
  for (const load of LOADS) rows.push(await measure(load.what, ours.httpPort, ours.pid, load, runs, seconds))
  return {
    rows,
    notes: [
      `${CONNECTION_COUNT} connections kept alive; median of ${runs} runs of ${seconds} s; CPU of the server process.`,
    ],
  }
}

const measure = async (what: string, port: number, pid: number, load: Load, runs: number, seconds: number) => {
  const rates: number[] = []
  const costs: number[] = []
  for (let i = 0; i < runs; i++) {
    const generator = join(import.meta.dirname, 'http-load.ts')
    const parameters = [port, CONNECTION_COUNT, seconds, load.method, load.path, load.body ?? ''].map(String)
    const [cpu, startedAt] = [cpuSeconds(pid), nowMs()]
    await using child = new Child(process.execPath, [generator, ...parameters])
    const [, count = '', failures] = await child.line(/^DONE (\d+) (\d+)/)
    if (failures !== '0') throw new Error(`${what}: ${failures} requests failed`)
    rates.push(Number(count) / ((nowMs() - startedAt) / 1000))
    costs.push(((cpuSeconds(pid) - cpu) * 1e6) / Number(count))
  }
  return { what, 'requests/s': Math.round(median(rates)), 'cpu µs/request': rounded(median(costs)) }
}
