import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawHttp } from '#test/helpers/raw-http.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ yaml: 'streams:\n  porch: rtsp://u:canary@10.0.0.9/x\n' })
})
afterAll(() => server[Symbol.asyncDispose]())

/** A request with any Host, which `fetch` does not let through. */
const status = async (line: string, ...headers: readonly string[]): Promise<number> => {
  const answer = await rawHttp(server.port, `${line} HTTP/1.1\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n`)
  return Number(answer.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length))
}
const own = 'Host: localhost'
const put = 'PUT /api/streams?name=evil&src=rtsp://10.0.0.9/evil'

describe('a page of another site', () => {
  test.each([
    ['POST /api/config', 'Content-Type: text/plain'],
    ['POST /api/exit?code=0', 'Content-Type: application/x-www-form-urlencoded'],
    [put, 'Content-Type: text/plain'],
    ['DELETE /api/streams?src=porch', 'Accept: */*'],
    ['PATCH /api/streams?name=porch&src=rtsp://10.0.0.9/evil', 'Accept: */*'],
    ['DELETE /api/log', 'Accept: */*'],
    ['POST /api/graphql', 'Content-Type: application/json'],
  ])('cannot %s', async (line, header) => {
    expect(await status(line, own, header, 'Origin: https://evil.example')).toBe(403)
    expect(await status(line, own, header, 'Sec-Fetch-Site: cross-site')).toBe(403)
    expect(await status(line, own, header, 'Origin: null')).toBe(403)
    expect(server.exits).toEqual([])
    const text = await (await server.request('/api/streams')).text()
    expect(text).toContain('rtsp://u:canary@10.0.0.9/x')
    expect(text).not.toContain('evil')
  })

  test('gets no leave to read or to ask for one', async () => {
    const answer = await rawHttp(
      server.port,
      `OPTIONS /api/streams HTTP/1.1\r\n${own}\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: PUT\r\nConnection: close\r\n\r\n`,
    )
    expect(answer).not.toMatch(/access-control-allow/i)
  })
})

describe('a name that was pointed here', () => {
  const host = 'Host: evil.example:1984'
  test('changes nothing', async () => {
    for (const line of [put, 'DELETE /api/streams?src=porch', 'POST /api/exit?code=0'])
      expect(await status(line, host)).toBe(421)
  })

  test('shows a page nothing', async () => {
    expect(await status('GET /api/streams', host, 'Origin: http://evil.example:1984')).toBe(421)
    expect(await status('GET /api/streams', host, 'Referer: http://evil.example:1984/')).toBe(421)
  })
})

describe('a request through a proxy here', () => {
  test('is not this machine’s: it may not end the server nor read its file', async () => {
    for (const header of ['X-Forwarded-For: 192.168.1.7', 'Forwarded: for=192.168.1.7', 'X-Real-IP: 192.168.1.7']) {
      expect(await status('POST /api/exit?code=0', own, header)).toBe(403)
      expect(await status('GET /api/config', own, header)).toBe(403)
    }
    expect(server.exits).toEqual([])
    expect(await status('GET /api/config', own)).toBe(200)
  })

  test('from anywhere changes nothing without credentials', async () => {
    expect(await status(put, own, 'X-Forwarded-For: 8.8.8.8')).toBe(403)
  })
})

describe('credentials', () => {
  test('are asked of every path before anything is said about it', async () => {
    await using closed = await startTestServer({ inline: ['{api: {username: u, password: p, local_auth: true}}'] })
    for (const path of [
      '/',
      '/api',
      '/api/streams',
      '/api/graphql',
      '/api/config',
      '/api/log',
      '/nothing',
      '/api/ws',
    ]) {
      const response = await closed.request(path)
      expect([path, response.status, response.headers.get('www-authenticate')]).toEqual([
        path,
        401,
        'Basic realm="go2rtc"',
      ])
    }
    const authorization = `Basic ${Buffer.from('u:p').toString('base64')}`
    expect((await closed.request('/api', { headers: { authorization } })).status).toBe(200)
  })

  test('that are wrong ten thousand times are wrong ten thousand times', async () => {
    await using closed = await startTestServer({ inline: ['{api: {username: u, password: p, local_auth: true}}'] })
    const statuses = new Set<number>()
    for (let at = 0; at < 200; at++)
      await Promise.all(
        Array.from({ length: 50 }, async (_, more) => {
          const authorization = `Basic ${Buffer.from(`u:${at}-${more}`).toString('base64')}`
          const response = await closed.request('/api', { headers: { authorization } })
          await response.text()
          statuses.add(response.status)
        }),
      )
    expect([...statuses]).toEqual([401])
  })

  test.each([
    ['no colon', Buffer.from('u')],
    ['NULs', Buffer.from('u\0:\0p')],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x3a, 0xc0])],
    ['a hundred kilobytes', Buffer.alloc(100_000, 'x')],
  ])('with %s are wrong, and no more', async (_name, bytes) => {
    await using closed = await startTestServer({ inline: ['{api: {username: u, password: p, local_auth: true}}'] })
    const response = await closed.request('/api', { headers: { authorization: `Basic ${bytes.toString('base64')}` } })
    expect(response.status).toBe(401)
  })
})

test('a thousand polls at once are all answered', async () => {
  const answers = await Promise.all(Array.from({ length: 1000 }, () => server.request('/api/streams')))
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  await Promise.all(answers.map(answer => answer.text()))
})
