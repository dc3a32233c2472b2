import { expect, test } from 'vitest'
import { followChanges } from '../../../apps/admin/src/api/feed.ts'
import { startGraphqlServer } from '../graphql-server.ts'
import { statusOf } from '../stream-data.ts'

const change = { __typename: 'StatusChanged', statuses: [statusOf('porch')] }

function listening() {
  const heard: string[] = []
  const listener = { connected: () => void heard.push('connected'), received: () => void heard.push('change') }
  return { heard, listener }
}

test('tells what changes, from the position asked for, and resolves when the server ends it', async () => {
  const asked: unknown[] = []
  await using _server = await startGraphqlServer({
    async *changes({ after }) {
      asked.push(after)
      yield { changes: change }
      yield { changes: change }
    },
  })
  const { heard, listener } = listening()
  await followChanges(41, listener, new AbortController().signal)
  expect(heard).toEqual(['connected', 'change', 'change'])
  expect(asked).toEqual([41])
})

test('resolves when it is given up, before or while it runs', async () => {
  await using _server = await startGraphqlServer({
    async *changes() {
      yield { changes: change }
      await new Promise(() => {})
    },
  })
  const end = new AbortController()
  const { heard, listener } = listening()
  const following = followChanges(0, listener, end.signal)
  await expect.poll(() => heard).toEqual(['connected', 'change'])
  end.abort()
  await following
  await followChanges(0, listener, end.signal)
})

test('rejects when the connection breaks', async () => {
  const server = await startGraphqlServer({
    async *changes() {
      yield { changes: change }
      await new Promise(() => {})
    },
  })
  const { heard, listener } = listening()
  const following = followChanges(0, listener, new AbortController().signal)
  const broken = expect(following).rejects.toThrow('The connection to the server broke.')
  await expect.poll(() => heard).toContain('change')
  await server[Symbol.asyncDispose]()
  await broken
})
