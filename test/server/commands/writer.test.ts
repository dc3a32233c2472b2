import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { Command } from '#server/commands/control-plane.ts'
import type { WriterNotice } from '#server/commands/control-thread-messages.ts'
import { Writer } from '#server/commands/writer.ts'
import { migrations } from '#test/helpers/opened-configuration.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

let folder: TemporaryFolder
let notices: WriterNotice[]
let writer: Writer

beforeEach(() => {
  folder = new TemporaryFolder()
  notices = []
  writer = new Writer(
    { dataFolder: folder.path, configFile: folder.at('go2rtc.yaml'), migrations, environment: {} },
    notice => void notices.push(notice),
  )
  onTestFinished(() => {
    writer.close()
    folder[Symbol.dispose]()
  })
})

const execute = (command: Command, dryRun = false) =>
  writer.execute({ command, context: { actor: 'rest', dryRun }, at: 1 })
const set = (name: string, ...sources: readonly string[]) => execute({ type: 'SetStream', name, sources })
const changes = () => notices.flatMap(notice => (notice.kind === 'changed' ? [notice.change] : []))

test('a change is told before its command is done, and is in the file by then', async () => {
  writer.open({ at: 1 })
  const outcome = set('a', 'rtsp://u:hunter2@h')
  expect(changes()).toMatchObject([{ position: 1, streams: [{ name: 'a', sources: ['rtsp://u:hunter2@h'] }] }])
  expect((await outcome).fileProblem).toBeUndefined()
  expect(folder.read('go2rtc.yaml')).toBe('streams:\n  a: rtsp://u:hunter2@h\n')
})

test('commands that come together are one writing of the file', async () => {
  writer.open({ at: 1 })
  const outcomes = [set('a'), set('b')]
  expect(folder.contents().has('go2rtc.yaml')).toBe(false)
  await Promise.all(outcomes)
  expect(folder.read('go2rtc.yaml')).toBe('streams:\n  a:\n  b:\n')
})

test('what changes nothing, and what is only tried, is told to nobody', async () => {
  writer.open({ at: 1 })
  await set('a', 'x:1')
  await set('a', 'x:1')
  expect((await execute({ type: 'RemoveStream', name: 'a' }, true)).events).toMatchObject([{ position: 0 }])
  expect(changes().length).toBe(1)
})

test('what waits to be written is written before the end', async () => {
  writer.open({ at: 1 })
  const outcome = set('a')
  writer.close()
  expect((await outcome).position).toBe(1)
  expect(folder.read('go2rtc.yaml')).toBe('streams:\n  a:\n')
})

test('an undo says what it answers', async () => {
  writer.open({ at: 1 })
  const { correlationId } = await set('a')
  const undone = await execute({ type: 'Undo', correlationId })
  expect(undone.events.map(({ type }) => type)).toEqual(['StreamRemoved'])
  expect(undone.correlationId).not.toBe(correlationId)
})

test('nothing runs before it is open', async () => {
  await expect(set('a')).rejects.toThrow('not open')
})
