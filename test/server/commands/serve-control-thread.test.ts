import { MessageChannel } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { serveControlThread } from '#server/commands/serve-control-thread.ts'
import { migrations } from '#test/helpers/opened-configuration.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

/** Asks through a channel, as the main thread does. */
const asking = (start: Parameters<typeof serveControlThread>[1]) => {
  const { port1, port2 } = new MessageChannel()
  serveControlThread(port1, start)
  let id = 0
  const ask = (method: string, input: unknown): Promise<unknown> => {
    const own = ++id
    port2.postMessage({ id: own, method, input })
    return new Promise(resolve => {
      port2.on('message', answer => {
        if (answer.id === own) resolve(answer)
      })
    })
  }
  return { ask, [Symbol.dispose]: () => port1.close() }
}

test('a writer and a reader answer by their names', async () => {
  using folder = new TemporaryFolder()
  const dataFolder = folder.path
  using writer = asking({ role: 'writer', start: { dataFolder, configFile: undefined, migrations, environment: {} } })
  expect(await writer.ask('open', { at: 1 })).toMatchObject({ outcome: 'ok', output: { position: 0 } })
  const command = { type: 'SetStream', name: 'a', sources: [] }
  expect(await writer.ask('execute', { command, context: { actor: 'rest' }, at: 1 })).toMatchObject({
    outcome: 'ok',
    output: { position: 1 },
  })
  using reader = asking({ role: 'reader', start: { dataFolder } })
  expect(await reader.ask('configAt', 1)).toMatchObject({ outcome: 'ok', output: [{ name: 'a' }] })
  expect(await reader.ask('configAt', 9)).toMatchObject({ outcome: 'refused', code: 'position_unknown' })
  await reader.ask('close', null)
  await writer.ask('close', null)
})

test('why a folder cannot be opened crosses as a refusal', async () => {
  using folder = new TemporaryFolder()
  folder.write('file', '')
  const start = { dataFolder: folder.at('file'), configFile: undefined, migrations, environment: {} }
  using writer = asking({ role: 'writer', start })
  expect(await writer.ask('open', { at: 1 })).toMatchObject({ outcome: 'refused', code: 'storage' })
})
