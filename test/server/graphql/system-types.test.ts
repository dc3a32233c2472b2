import { expect, test } from 'vitest'
import { openGraphQLWorld } from '#test/helpers/graphql-services.ts'

test('the server tells what it is, how it is reached and what went wrong with that', async () => {
  await using world = await openGraphQLWorld()
  world.listeners.push(
    { name: 'api', address: '127.0.0.1:1984' },
    { name: 'rtsp', address: '', problem: { code: 'port_in_use', message: 'port 8554 is in use' } },
  )
  const { system } = await world.ask<{ system: Record<string, unknown> }>(
    '{system{version startedAt memoryBytes position schemes linkedFile{state path message line column} listeners{name address problem{message remedy}}}}',
  )
  expect(system).toEqual({
    ...{ version: expect.stringMatching(/^\d+\.\d+\.\d+$/), startedAt: 1000, position: 0 },
    memoryBytes: expect.any(Number),
    schemes: ['rtsp', 'demo'],
    linkedFile: { state: 'NONE', path: null, message: null, line: null, column: null },
    listeners: [
      { name: 'api', address: '127.0.0.1:1984', problem: null },
      { name: 'rtsp', address: '', problem: { message: 'port 8554 is in use', remedy: expect.any(String) } },
    ],
  })
})
