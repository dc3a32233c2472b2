import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Spawner } from '#media/processes/spawner.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { silentLogger } from '#media/runtime/logger.ts'
import { type Findings, median, numberOption, type Options, pass, residentMiB, rounded } from './measure.ts'

/** Programs that begin together, as after a power cut. */
const TOGETHER = 10
/** What is looked at around each start. */
const WINDOW_MS = 1000
const NANOSECONDS_A_MS = 1e6
const BALLAST_PIECE_BYTES = 1024 * 1024

interface Delay {
  readonly p99: number
  readonly worst: number
}

/** How long the event loop stands still while ten ffmpeg start: by the spawner, and as the loop's own children. */
export const run = async (options: Options): Promise<Findings> => {
  const runs = numberOption(options, 'runs', 10)
  const ballast = hold(numberOption(options, 'memory', 400))
  await using spawner = new Spawner({ clock: systemClock, logger: silentLogger })
  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    'floor: nothing starts': async () => {},
    'by the spawner': async () => (await spawner.run(ffmpeg)).closed,
    'as own children': async () => once(spawn(ffmpeg.program, ffmpeg.parameters, { stdio: 'ignore' }), 'exit'),
  }
  // The spawner itself begins with its first program.
  await (await spawner.run(ffmpeg)).closed
  const found = new Map<string, Delay[]>()
  for (let i = 0; i < runs; i++)
    for (const [way, start] of Object.entries(ways)) found.set(way, [...(found.get(way) ?? []), await delayBy(start)])
  const memory = Math.round(residentMiB(process.pid))
  const rows = [...found].map(([way, delays]) => ({
    way,
    'p99 ms': rounded(median(delays.map(({ p99 }) => p99))),
    'worst ms': rounded(median(delays.map(({ worst }) => worst))),
    'worst of all ms': rounded(Math.max(...delays.map(({ worst }) => worst))),
  }))
  return {
    rows,
    notes: [
      `${TOGETHER} ffmpeg at once from a process of ${memory} MiB (${ballast.length} of them held for it); median of ${runs} runs.`,
      'Delay of the event loop beyond its turn, in the second from the start on. The programs share the machine’s cores.',
    ],
  }
}

const ffmpeg = { program: 'ffmpeg', parameters: ['-hide_banner', '-version'] } as const

/** Memory that is really there, as in a server with pictures. */
const hold = (mebibytes: number): readonly Buffer[] =>
  Array.from({ length: mebibytes }, (_, at) => Buffer.alloc(BALLAST_PIECE_BYTES, at))

const delayBy = async (start: () => Promise<unknown>): Promise<Delay> => {
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  const ends = Array.from({ length: TOGETHER }, start)
  await pass(WINDOW_MS)
  histogram.disable()
  await Promise.all(ends)
  return { p99: histogram.percentile(99) / NANOSECONDS_A_MS, worst: histogram.max / NANOSECONDS_A_MS }
}
