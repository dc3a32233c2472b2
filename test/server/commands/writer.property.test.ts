import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { Configuration } from '#server/commands/configuration.ts'
import { Writer } from '#server/commands/writer.ts'
import { readYamlStreams } from '#server/config/yaml-streams.ts'
import { migrations } from '#test/helpers/opened-configuration.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

/** How often the program is ended by force. */
const ROUNDS = 20

/** Changes that are let through at most before the end: the moment is another one each time. */
const CHANGES_MAX = 12

const program = new URL('../../fixtures/programs/change-without-end.ts', import.meta.url).pathname

/** Lets the program change things, ends it in the middle of it, and tells the last change of each kind it had promised. */
const changeAndKill = async (folder: TemporaryFolder, changes: number): Promise<ReadonlyMap<string, string>> => {
  const paths = [folder.at('data'), folder.at('go2rtc.yaml'), migrations]
  const child: ChildProcess = spawn(process.execPath, [program, ...paths], { stdio: ['ignore', 'pipe', 'inherit'] })
  const promised = new Map<string, string>()
  let count = 0
  const ended = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout! })) {
    const [kind = '', value = ''] = line.split(' ')
    promised.set(kind, value)
    // At a moment of its own: what comes out of the pipe until then is promised too.
    if (++count === changes) setTimeout(() => child.kill('SIGKILL'), Math.random() * 10)
  }
  await ended
  expect(count).toBeGreaterThanOrEqual(changes)
  return promised
}

test('whenever the server is killed, what it promised is there, nothing is half done, and the file is in step', {
  timeout: 240_000,
}, async () => {
  using folder = new TemporaryFolder()
  folder.write('go2rtc.yaml', '# mine\nstreams:\n  other: x:1 # stays\n')
  for (let round = 0; round < ROUNDS; round++) {
    const promised = await changeAndKill(folder, 1 + Math.floor(Math.random() * CHANGES_MAX))
    const start = { dataFolder: folder.at('data'), configFile: folder.at('go2rtc.yaml'), migrations, environment: {} }
    const writer = new Writer(start, () => {})
    const { streams, linkedFile } = writer.open({ at: round })
    const sources = new Map(streams.map(stream => [stream.name, stream.sources]))
    writer.close()
    const numberOf = (name: string): number => Number(/\d+$/.exec(sources.get(name)?.[0] ?? '')?.[0] ?? 0)
    expect(numberOf('single')).toBeGreaterThanOrEqual(Number(promised.get('single') ?? 0))
    expect(numberOf('left')).toBeGreaterThanOrEqual(Number(promised.get('pair') ?? 0))
    expect(sources.get('left')).toEqual(sources.get('right'))
    expect(sources.has('even') && sources.has('odd')).toBe(false)
    expect(linkedFile.state).toBe('in-step')
    const text = folder.read('go2rtc.yaml')
    expect(text.startsWith('# mine\nstreams:\n  other: x:1 # stays\n')).toBe(true)
    expect(new Map(readYamlStreams(text).streams.map(stream => [stream.name, stream.sources]))).toEqual(sources)
  }
  using configuration = new Configuration(folder.at('data'), migrations, { configured: new Map(), system: {} })
  const log = [...configuration.store.readAll()]
  expect(log.map(({ position }) => position)).toEqual(log.map((_event, index) => index + 1))
  // The file gave one stream once; every restart after that found nothing a person had changed.
  expect(log.filter(({ actor }) => actor === 'file').length).toBe(1)
})
