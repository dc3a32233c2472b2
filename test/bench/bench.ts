import { cpus } from 'node:os'
import type { Findings, Options } from './measure.ts'

// `npm run bench -- NAME [--option value]`: compares, in one run, with a peer or a stated floor.

const BENCHMARKS: Readonly<Record<string, () => Promise<{ run(options: Options): Promise<Findings> }>>> = {
  'rtsp-fanout': () => import('./rtsp-fanout.ts'),
  'mse-fanout': () => import('./mse-fanout.ts'),
  'hls-fanout': () => import('./hls-fanout.ts'),
  'first-frame': () => import('./first-frame.ts'),
  http: () => import('./http.ts'),
  events: () => import('./events.ts'),
  disk: () => import('./disk.ts'),
  'rtsp-ingest': () => import('./rtsp-ingest.ts'),
  latency: () => import('./latency.ts'),
  reconnect: () => import('./reconnect.ts'),
  snapshot: () => import('./snapshot.ts'),
  spawn: () => import('./spawn.ts'),
  pull: () => import('./pull.ts'),
  'webrtc-fanout': () => import('./webrtc-fanout.ts'),
  'webrtc-setup': () => import('./webrtc-setup.ts'),
  soak: () => import('./soak.ts'),
}

const parseOptions = (words: readonly string[]): Options => {
  const options = new Map<string, string>()
  for (let i = 0; i < words.length; i += 2) {
    const [name = '', value] = [words[i], words[i + 1]]
    if (!name.startsWith('--') || value === undefined) throw new TypeError(`expected --option value, not: ${name}`)
    options.set(name.slice(2), value)
  }
  return options
}

const main = async (): Promise<void> => {
  const [name = '', ...words] = process.argv.slice(2)
  const load = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined
  if (load === undefined) {
    process.stderr.write(
      `Usage: npm run bench -- NAME [--option value]\nNames: ${Object.keys(BENCHMARKS).join(', ')}\n`,
    )
    process.exitCode = 2
    return
  }
  const { rows, notes } = await (await load()).run(parseOptions(words))
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length }
  process.stdout.write(`${JSON.stringify({ benchmark: name, machine, rows, notes }, undefined, 2)}\n`)
  console.table(rows)
  for (const note of notes) process.stdout.write(`${note}\n`)
}

await main()
