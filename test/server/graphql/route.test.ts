import { expect, test } from 'vitest'
import { startTestServer } from '#test/helpers/running-server.ts'

test('GraphQL answers from the first request on, also when many come at once', async () => {
  await using server = await startTestServer()
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => server.graphql<{ system: { position: number } }>('{system{position}}')),
  )
  expect(answers.every(({ system }) => system.position === 0)).toBe(true)
})

test('a GET may ask', async () => {
  await using server = await startTestServer()
  const asked = await server.request(`/api/graphql?query=${encodeURIComponent('{system{position}}')}`)
  expect(await asked.json()).toEqual({ data: { system: { position: 0 } } })
})
