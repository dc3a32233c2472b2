import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await server.request('/api/streams?name=demo&src=demo:', { method: 'PUT' })
})
afterAll(() => server[Symbol.asyncDispose]())

const ask = async (method: string, query = ''): Promise<readonly [number, string]> => {
  const response = await server.request(`/api/preload${query}`, { method })
  return [response.status, await response.text()]
}

test('there are none at first', async () => {
  expect(await ask('GET')).toEqual([200, '{}\n'])
})

test('a stream runs without viewers, as Home Assistant asks for it, and is let go', async () => {
  expect(await ask('PUT', '?src=demo&video=h264&audio=&video_codec_filter=h264')).toEqual([200, ''])
  await expect
    .poll(async () => JSON.parse((await ask('GET'))[1]))
    .toMatchObject({
      demo: { query: 'audio=&video=h264', consumer: { format_name: 'preload', senders: [{}, {}] } },
    })
  expect(await ask('DELETE', '?src=demo')).toEqual([200, ''])
  expect(await ask('GET')).toEqual([200, '{}\n'])
})

test('says of what it cannot do why', async () => {
  expect(await ask('PUT', '?src=nobody')).toEqual([500, 'streams: stream not found: nobody\n'])
  expect(await ask('DELETE', '?src=demo')).toEqual([500, 'streams: preload not found: demo\n'])
  expect(await ask('PATCH', '?src=demo')).toEqual([405, '\n'])
})
