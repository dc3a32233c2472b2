import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

const yaml = 'log:\n  level: debug\nstreams:\n'
let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ yaml, inline: ['{rtsp: {default_query: "video"}}'] })
})
afterAll(() => server[Symbol.asyncDispose]())

describe('/api', () => {
  test('tells a version that Home Assistant takes, in go2rtc’s fields and order', async () => {
    const response = await server.request('/api')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    const text = await response.text()
    expect(text.endsWith('}\n')).toBe(true)
    expect(Object.keys(JSON.parse(text))).toEqual(['config_path', 'host', 'revision', 'rtsp', 'version'])
    expect(JSON.parse(text)).toEqual({
      config_path: server.file,
      host: `localhost:${server.port}`,
      revision: expect.stringMatching(/^sightline-\d+\.\d+\.\d+$/),
      rtsp: { listen: '127.0.0.1:0', default_query: 'video' },
      version: '1.9.14',
    })
  })

  test('answers whatever the method', async () => {
    expect((await server.request('/api', { method: 'POST' })).status).toBe(200)
    expect((await server.request('/api', { method: 'HEAD' })).status).toBe(200)
  })

  test('has no file and no RTSP where there is none', async () => {
    await using bare = await startTestServer({ inline: ['{rtsp: {listen: ""}}'] })
    expect(Object.keys((await (await bare.request('/api')).json()) as object)).toEqual(['host', 'revision', 'version'])
  })

  test('answers two hundred times over one connection', async () => {
    for (let at = 0; at < 200; at++) expect((await server.request('/api')).ok).toBe(true)
  })
})

describe('/api/schemes', () => {
  test('is a sorted list of what can be opened, the camera’s among them', async () => {
    const schemes = (await (await server.request('/api/schemes')).json()) as string[]
    for (const scheme of ['rtsp', 'rtsps', 'rtspx', 'ffmpeg', 'exec', 'echo']) expect(schemes).toContain(scheme)
    expect(schemes).toEqual([...new Set(schemes)].sort())
  })
})

describe('/api/config', () => {
  test('is the linked file as it is', async () => {
    const response = await server.request('/api/config')
    expect(response.headers.get('content-type')).toMatch(/^application\/yaml/)
    expect(await response.text()).toBe(readFileSync(server.file, 'utf8'))
  })

  test('is 410 without a file, for every method', async () => {
    await using bare = await startTestServer()
    for (const method of ['GET', 'POST', 'PATCH'])
      expect((await bare.request('/api/config', { method })).status).toBe(410)
  })

  test('says that changing it is not there yet, and changes nothing', async () => {
    const response = await server.request('/api/config', { method: 'POST', body: 'streams: {}' })
    expect(response.status).toBe(501)
    expect(readFileSync(server.file, 'utf8')).toContain('log:')
  })
})

describe('/api/log', () => {
  test('has the newest lines as JSON, one a line, with go2rtc’s fields', async () => {
    const response = await server.request('/api/log')
    expect(response.headers.get('content-type')).toMatch(/^application\/jsonlines/)
    const lines = (await response.text())
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines[0]).toMatchObject({ level: 'info', message: 'go2rtc', version: '1.9.14', time: expect.any(Number) })
    expect(lines.map(line => line.message)).toContain('[api] listen')
  })

  test('is cleared by DELETE, and knows no other method', async () => {
    const cleared = await server.request('/api/log', { method: 'DELETE' })
    expect([cleared.status, await cleared.text()]).toEqual([200, 'OK'])
    const wrong = await server.request('/api/log', { method: 'POST' })
    expect([wrong.status, await wrong.text()]).toEqual([400, 'Method not allowed\n'])
  })
})

describe('/api/exit', () => {
  test.each([
    ['', 400, 'Code must be in the range [0, 125]\n'],
    ['?code=126', 400, 'Code must be in the range [0, 125]\n'],
    ['?code=-1', 400, 'Code must be in the range [0, 125]\n'],
    ['?code=abc', 400, 'Code must be in the range [0, 125]\n'],
  ])('POST /api/exit%s is %i', async (query, status, text) => {
    const response = await server.request(`/api/exit${query}`, { method: 'POST' })
    expect([response.status, await response.text()]).toEqual([status, text])
    expect(server.exits).toEqual([])
  })

  test('needs POST', async () => {
    expect((await server.request('/api/exit?code=0')).status).toBe(400)
  })

  test('asks for the end of the process with the code, once the answer is out', async () => {
    await using other = await startTestServer()
    const response = await other.request('/api/exit?code=7', { method: 'POST' })
    expect(response.status).toBe(200)
    await response.text()
    await expect.poll(() => other.exits).toEqual([7])
  })
})

describe('paths', () => {
  test.each([
    '/nothing',
    '/api/nothing',
    '/api/',
    '/API',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%2fetc/passwd',
    '/%5c..%5cx',
  ])('%s is not found in go2rtc’s words', async path => {
    const response = await server.request(path)
    expect([response.status, await response.text()]).toEqual([404, '404 page not found\n'])
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('/ answers HEAD at once, as a probe wants it', async () => {
    expect((await server.request('/', { method: 'HEAD' })).status).toBe(200)
  })
})

describe('the output', () => {
  test('begins with what started, and names the API last, when everything listens', () => {
    const lines = server.lines.map(line => line.slice('00:00:00.000 '.length).trimEnd())
    expect(lines[0]).toMatch(/^INF go2rtc platform=\w+\/\w+ revision=sightline-\S+ version=1\.9\.14$/)
    const rtsp = lines.findIndex(line => line.startsWith('INF [rtsp] listen addr=127.0.0.1:'))
    const api = lines.findIndex(line => line.startsWith('INF [api] listen addr=127.0.0.1:'))
    expect(rtsp).toBeGreaterThan(0)
    expect(api).toBeGreaterThan(rtsp)
  })

  test('says line and column of a file that is no YAML, and the server runs with its defaults', async () => {
    await using broken = await startTestServer({ yaml: 'api:\n  username: [\n' })
    expect((await broken.request('/api')).status).toBe(200)
    expect(broken.lines.join('')).toMatch(/ERR \[app\] configuration is not understood.* column=\d+ .*line=\d+/)
  })
})
