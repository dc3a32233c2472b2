import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

const admin = new URL('../../apps/admin/dist', import.meta.url).pathname

let server: TestServer
let openServer: TestServer
beforeAll(async () => {
  server = await startTestServer({ admin })
  openServer = await startTestServer({ admin, inline: ['{api: {origin: "*"}}'] })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await openServer[Symbol.asyncDispose]()
})

describe('the player’s files', () => {
  test.each([
    ['/video-rtc.js', 'javascript'],
    ['/video-stream.js', 'javascript'],
    ['/stream.html', 'text/html'],
    ['/stream.html?src=a&src=b&mode=mse', 'text/html'],
    ['/webrtc.html?src=a&media=video+audio', 'text/html'],
  ])('%s is there, asked for anew each time', async (path, type) => {
    const response = await server.request(path)
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache'])
    expect(response.headers.get('content-type')).toContain(type)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('pages of others may import them where the configuration says so', async () => {
    for (const path of ['/video-rtc.js', '/video-stream.js']) {
      const { headers } = await openServer.request(path, { headers: { origin: 'http://cards.local' } })
      expect(headers.get('access-control-allow-origin')).toBe('*')
    }
  })

  test('video-rtc.js is whole in itself and exports VideoRTC; video-stream.js is made of it', async () => {
    const base = await (await server.request('/video-rtc.js')).text()
    expect(base).toMatch(/export\s*\{[^}]*\bas VideoRTC\b/)
    expect(base).not.toMatch(/\bimport\b[^.(]*from/)
    const element = await (await server.request('/video-stream.js')).text()
    expect(element).toContain('"./video-rtc.js"')
    expect(element).toMatch(/define\([`'"]video-stream[`'"]/)
  })

  test('all addresses in the pages are relative, so that they work below any prefix', async () => {
    const page = await (await server.request('/stream.html')).text()
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address)
    expect(addresses.length).toBeGreaterThan(2)
    expect(addresses.filter(address => !address?.startsWith('./'))).toEqual([])
    expect(page).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=/)
  })

  test('webrtc.html needs nothing beside it: Frigate’s proxy passes on this page and api/ws', async () => {
    const page = await (await server.request('/webrtc.html')).text()
    expect(page).toContain('api/ws?')
    expect(page).not.toMatch(/<script[^>]*src=|<link[^>]*stylesheet/)
  })
})
