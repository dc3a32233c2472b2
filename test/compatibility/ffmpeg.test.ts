import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

test('/api/ffmpeg/hardware says what can encode, as Frigate reads it', { timeout: 60_000 }, async () => {
  const response = await server.request('/api/ffmpeg/hardware')
  expect(response.status).toBe(200)
  const { sources } = (await response.json()) as { sources: { name: string; url: string }[] }
  for (const { name, url } of sources) {
    expect(['OK', 'ERROR']).toContain(name)
    expect(url).toContain('#hardware=')
  }
})

test('/api/ffmpeg/devices is a list, or says that there are none', { timeout: 60_000 }, async () => {
  const response = await server.request('/api/ffmpeg/devices')
  if (response.status === 404) expect(await response.text()).toBe('no sources\n')
  else expect(await response.json()).toMatchObject({ sources: [{ url: expect.stringMatching(/^ffmpeg:device\?/) }] })
})
