import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { heldBytes } from '#test/helpers/collected-garbage.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

const MIB = 1024 * 1024
/** Who asks for segments and reads none of them, and how often each. */
const CROWD = 100
const REQUESTS = 100

let server: TestServer
let held: DisposableStack
beforeEach(async () => {
  held = new DisposableStack()
  server = await startTestServer({ yaml: 'streams:\n  demo: "demo:"\n' })
})
afterEach(async () => {
  held.dispose()
  await server[Symbol.asyncDispose]()
})

const open = (): Promise<Response> => server.request('/api/stream.m3u8?src=demo')

const idOf = async (response: Response): Promise<string> =>
  /id=([0-9A-Za-z]{8})$/.exec(await response.text())?.[1] ?? ''

/** Number of the newest segment that a player is told of. */
const newest = async (id: string): Promise<number> => {
  const text = await (await server.request(`/api/hls/playlist.m3u8?id=${id}`)).text()
  return Number([...text.matchAll(/segment\.ts\?id=\w+&n=(\d+)/g)].at(-1)?.[1] ?? -1)
}

const goesOn = async (id: string): Promise<void> => {
  const before = await newest(id)
  await expect.poll(() => newest(id), { timeout: 20_000 }).toBeGreaterThan(before)
}

test('a thousand players that begin and go no further share the segments of one, who goes on', {
  timeout: 120_000,
}, async () => {
  const good = await idOf(await open())
  await goesOn(good)
  const before = heldBytes()
  for (let begun = 0; begun < 1000; begun++) {
    await (await open()).arrayBuffer()
    // Who says nothing for seconds is taken for gone.
    if (begun % 100 === 0) await newest(good)
  }
  expect(heldBytes() - before).toBeLessThan(64 * MIB)
  const streams = (await (await server.request('/api/streams')).json()) as { demo: { consumers: unknown[] } }
  expect(streams.demo.consumers).toHaveLength(1)
  await goesOn(good)
})

test('players that read nothing of what they ask for cost a bounded memory, and others go on', {
  timeout: 120_000,
}, async () => {
  const good = await idOf(await open())
  await goesOn(good)
  const before = heldBytes()
  const sockets: Socket[] = []
  for (let count = 0; count < CROWD; count++) {
    const socket = connect(server.port, '127.0.0.1')
    held.defer(() => socket.destroy())
    await once(socket, 'connect')
    socket.on('error', () => {})
    socket.pause()
    const request = `GET /api/hls/segment.ts?id=${good}&n=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`
    socket.write(request.repeat(REQUESTS))
    sockets.push(socket)
  }
  await goesOn(good)
  await goesOn(good)
  expect(heldBytes() - before).toBeLessThan(128 * MIB)
})
