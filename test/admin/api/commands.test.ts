import { expect, test } from 'vitest'
import * as commands from '../../../apps/admin/src/api/commands.ts'
import { live } from '../../../apps/admin/src/api/live.svelte.ts'
import { startGraphqlServer, unchanged } from '../graphql-server.ts'
import { eventAt, systemAt } from '../stream-data.ts'

const imported = { added: [], changed: [], unchanged: [], notes: [], change: unchanged }

test('every command sends what it was given', async () => {
  const sent: [string, unknown][] = []
  const note =
    (name: string, answer: unknown = unchanged) =>
    (given: unknown) => {
      sent.push([name, { ...(given as object) }])
      return answer
    }
  await using _server = await startGraphqlServer({
    setStream: note('setStream'),
    renameStream: note('renameStream'),
    removeStream: note('removeStream'),
    setPreload: note('setPreload'),
    undo: note('undo'),
    revertTo: note('revertTo'),
    probeSource: note('probeSource', { tookMs: 1, tracks: [], problem: null }),
    importYaml: note('importYaml', imported),
  })
  await commands.setStream('a', ['demo:'])
  await commands.renameStream('a', 'b')
  await commands.removeStream('b', { dryRun: true })
  await commands.setPreload('b', null)
  await commands.undo('c1')
  await commands.revertTo(7, { dryRun: true })
  await commands.probeSource('demo:', new AbortController().signal)
  await commands.importYaml('streams:', { dryRun: true })
  expect(sent).toEqual([
    ['setStream', { name: 'a', sources: ['demo:'], dryRun: false }],
    ['renameStream', { name: 'a', to: 'b', dryRun: false }],
    ['removeStream', { name: 'b', dryRun: true }],
    ['setPreload', { name: 'b', query: null, dryRun: false }],
    ['undo', { correlationId: 'c1', dryRun: false }],
    ['revertTo', { position: 7, dryRun: true }],
    ['probeSource', { url: 'demo:' }],
    ['importYaml', { text: 'streams:', dryRun: true }],
  ])
})

test('a command is done when the page shows what it did', async () => {
  live.load(systemAt(1), [])
  await using _server = await startGraphqlServer({
    setStream: () => ({ ...unchanged, correlationId: 'c1', position: 2 }),
  })
  let done = false
  const command = commands.setStream('a', ['demo:']).then(() => {
    done = true
  })
  const stop = live.onEvents(() => expect(done).toBe(false))
  // The answer is there long before this, and not what is waited for.
  await new Promise(resolve => setTimeout(resolve, 100))
  live.receive({ __typename: 'ConfigurationChanged', position: 2, events: [eventAt(2)], streams: [], removed: [] })
  await command
  stop()
})
