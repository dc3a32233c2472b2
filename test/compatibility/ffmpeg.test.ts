import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

let server: TestServer
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-announcements-'))
  const door = `exec:dd of=${join(folder, 'heard')} status=none#backchannel=1#audio=pcmu/8000`
  server = await startTestServer({ yaml: `streams: {door: "${door}", deaf: "demo:"}` })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

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

describe('POST /api/ffmpeg', () => {
  const play = async (query: Readonly<Record<string, string>>, method = 'POST'): Promise<readonly [number, string]> => {
    const response = await server.request(`/api/ffmpeg?${new URLSearchParams(query)}`, { method })
    return [response.status, await response.text()]
  }

  test('plays a file into a speaker, in the codec it understands', { timeout: 30_000 }, async () => {
    const bell = join(folder, 'bell.wav')
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine=duration=1', bell])
    expect(await play({ dst: 'door', file: bell })).toEqual([200, ''])
    const heard = join(folder, 'heard')
    await expect.poll(() => existsSync(heard) && statSync(heard).size, { timeout: 10_000 }).toBeGreaterThan(4000)
  })

  test.each([
    ['another method', { dst: 'door', text: 'hello' }, 'GET', 405],
    ['an unknown stream', { dst: 'nobody', text: 'hello' }, 'POST', 404],
    ['nothing to play', { dst: 'door' }, 'POST', 400],
    ['a text that would end the filter', { dst: 'door', text: "it's" }, 'POST', 400],
    ['parameters in a file', { dst: 'door', file: 'a.wav#raw=-vf x' }, 'POST', 400],
    ['a stream that has no speaker', { dst: 'deaf', file: '/nothing.wav' }, 'POST', 500],
  ])('refuses %s', async (_name, query, method, status) => {
    expect((await play(query, method))[0]).toBe(status)
  })
})
