import { expect, test } from 'vitest'
import { type Refusal, StreamActions } from '../../../../apps/admin/src/features/streams/stream-actions.svelte.ts'
import { startGraphqlServer, unchanged } from '../../graphql-server.ts'
import { streamOf } from '../../stream-data.ts'

const porch = streamOf('porch')
// Position 0 is not waited for: no feed is connected here.
const done = { ...unchanged, correlationId: 'c1' }

function watched() {
  const announced: string[] = []
  const complaints: Refusal[] = []
  const actions = new StreamActions(
    (message, { correlationId }) => announced.push(`${message} ${correlationId}`),
    refusal => complaints.push(refusal),
  )
  return { actions, announced, complaints }
}

test('removing acts at once when nobody watches, and can be undone', async () => {
  const asked: unknown[] = []
  await using _server = await startGraphqlServer({
    removeStream: ({ dryRun }) => {
      asked.push(dryRun)
      return done
    },
  })
  const { actions, announced } = watched()
  await actions.askRemove(porch)
  expect(asked).toEqual([true, false])
  expect(announced).toEqual(['porch is removed. c1'])
  expect(actions.open).toBeUndefined()
})

test('removing asks first when somebody watches, and says how many', async () => {
  const asked: unknown[] = []
  await using _server = await startGraphqlServer({
    removeStream: ({ dryRun }) => {
      asked.push(dryRun)
      return { ...done, viewersEnded: 3 }
    },
  })
  const { actions, announced } = watched()
  await actions.askRemove(porch)
  expect(actions.open).toMatchObject({ kind: 'remove', viewersEnded: 3 })
  expect(asked, 'nothing was removed yet').toEqual([true])
  expect(await actions.remove(porch)).toBeUndefined()
  expect(announced).toEqual(['porch is removed. c1'])
  expect(actions.open).toBeUndefined()
})

test('a refused rename keeps its dialog and says why', async () => {
  const problem = { code: 'name_taken', message: 'there is a stream garage', remedy: 'Choose another name.' }
  await using _server = await startGraphqlServer({ renameStream: () => ({ ...unchanged, problem }) })
  const { actions, announced } = watched()
  actions.askRename(porch)
  expect(await actions.rename(porch, 'garage')).toEqual(problem)
  expect(actions.open).toMatchObject({ kind: 'rename' })
  expect(announced).toEqual([])
})

test('sources are sent as they show, masks included: the server knows what they stand for', async () => {
  const sent: unknown[] = []
  await using _server = await startGraphqlServer({
    setStream: ({ sources }) => {
      sent.push(sources)
      return done
    },
  })
  const { actions } = watched()
  actions.askSources(porch)
  await actions.changeSources(porch, ['rtsp://a:***@10.0.0.1/', 'demo:'])
  expect(sent).toEqual([['rtsp://a:***@10.0.0.1/', 'demo:']])
  expect(actions.open).toBeUndefined()
})

test('what changed nothing closes its dialog and is not announced', async () => {
  await using _server = await startGraphqlServer({ setStream: () => unchanged })
  const { actions, announced } = watched()
  actions.askSources(porch)
  expect(await actions.changeSources(porch, porch.sources)).toBeUndefined()
  expect(actions.open).toBeUndefined()
  expect(announced).toEqual([])
})

test('a server that cannot do it is complained about', async () => {
  await using _server = await startGraphqlServer({
    removeStream: () => {
      throw new Error('the disk is full')
    },
  })
  const { actions, complaints } = watched()
  await actions.askRemove(porch)
  expect(complaints).toEqual([{ message: 'the disk is full', remedy: null }])
})

test('keeping a stream running acts at once and can be undone; a refusal is told', async () => {
  const asked: unknown[] = []
  const problem = { code: 'too_many', message: 'there are 1000 streams already', remedy: null }
  await using _server = await startGraphqlServer({
    setPreload: ({ query }) => {
      asked.push(query)
      return asked.length > 2 ? { ...unchanged, problem } : done
    },
  })
  const { actions, announced, complaints } = watched()
  await actions.keepRunning(porch, true)
  await actions.keepRunning(porch, false)
  await actions.keepRunning(porch, true)
  expect(asked).toEqual(['', null, ''])
  expect(announced).toEqual(['porch keeps running. c1', 'porch runs for its viewers only. c1'])
  expect(complaints).toEqual([problem])
})
