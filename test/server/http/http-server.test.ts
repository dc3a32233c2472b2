import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccessRules } from '#server/http/admission.ts'
import { HttpServer } from '#server/http/http-server.ts'
import { RefusalLog } from '#server/http/refusal-log.ts'
import { ServerLog } from '#server/logging/server-log.ts'
import { rawHttp } from '#test/helpers/raw-http.ts'

const log = new ServerLog({ write: () => {} }).module('api')
const open: AccessRules = { username: '', password: '', localAuth: false, origin: '', allowHosts: [] }
const folder = mkdtempSync(join(tmpdir(), 'sightline-http-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Fulfilled when somebody has asked for what never comes. */
const asked = Promise.withResolvers<void>()

const newServer = (access = open): HttpServer => {
  const server = new HttpServer({ access, log, refusals: new RefusalLog(log) })
  server.app.get('/who', request => request.caller)
  server.app.put('/body', request => String(request.body))
  server.app.get('/slow', () => {
    asked.resolve()
    return new Promise(() => {})
  })
  return server
}

let server: HttpServer
let port: number
beforeEach(async () => {
  server = newServer()
  port = (await server.listen('127.0.0.1:0')).port ?? 0
})
afterEach(() => server.close())

describe('listening', () => {
  test('on every address takes IPv4 and IPv6', async () => {
    const { port: both } = await server.listen(':0')
    for (const host of ['127.0.0.1', '[::1]']) expect((await fetch(`http://${host}:${both}/who`)).status).toBe(200)
  })

  test('on a port that is taken says so in words and harms nothing', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const taken = (other.address() as AddressInfo).port
    expect(await server.listen(`127.0.0.1:${taken}`)).toEqual({
      asked: `127.0.0.1:${taken}`,
      address: '',
      problem: { code: 'port_in_use', message: expect.stringContaining(`port ${taken} is already in use`) },
    })
    expect((await fetch(`http://127.0.0.1:${port}/who`)).status).toBe(200)
    other.close()
  })

  test('on what is no address says how one is written', async () => {
    expect((await server.listen('1984')).problem?.message).toContain('write :1984')
  })

  test('on a unix socket takes a socket away that was left there, and never a file', async () => {
    const path = join(folder, 'a.sock')
    expect(await server.listenUnix(path)).toEqual({ asked: path, address: path })
    const file = join(folder, 'file')
    writeFileSync(file, 'precious')
    expect((await server.listenUnix(file)).problem).toBeDefined()
    expect(existsSync(file)).toBe(true)
  })
})

describe('a request', () => {
  test('is known by where it comes from, also on loopback behind a proxy', async () => {
    const who = async (headers: Record<string, string>): Promise<unknown> =>
      (await fetch(`http://127.0.0.1:${port}/who`, { headers })).json()
    expect(await who({})).toEqual({ address: '127.0.0.1', ring: 'local' })
    expect(await who({ 'x-forwarded-for': '10.0.0.3' })).toEqual({ address: '127.0.0.1', ring: 'lan' })
  })

  test('may have a header of hundreds of kilobytes, as long lists of sources need', async () => {
    const long = `src=${'x'.repeat(1000)}&`.repeat(500)
    expect((await fetch(`http://127.0.0.1:${port}/who?${long}`)).status).toBe(200)
  })

  test('may have a body of any type, up to a mebibyte', async () => {
    const put = (body: string, type: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}/body`, { method: 'PUT', body, headers: { 'content-type': type } })
    expect(await (await put('a: b', 'application/yaml')).text()).toBe('a: b')
    expect((await put('x'.repeat((1 << 20) + 1), 'text/x')).status).toBe(413)
  })

  test('with Connection: Upgrade and nothing to upgrade to is an ordinary one', async () => {
    const answer = await rawHttp(port, 'GET /who HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('that offers HTTP/2 is answered over HTTP/1.1, its body included', async () => {
    const head = 'PUT /body HTTP/1.1\r\nHost: x\r\nContent-Type: text/x\r\nContent-Length: 4\r\n'
    const upgrade = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n'
    expect(await rawHttp(port, `${head}${upgrade}body`)).toMatch(/^HTTP\/1\.1 200 [\s\S]*body$/)
  })

  test.each([
    ['two lengths', 'PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nbody'],
    [
      'a length and chunks',
      'PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a header that is none', 'GET /who HTTP/1.1\r\nHost: x\r\n\0bad\r\n\r\n'],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    ['a header beyond a mebibyte', `GET /who HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(1 << 21)}\r\n\r\n`],
    [
      'chunks without end',
      `PUT /body HTTP/1.1\r\nHost: x\r\nContent-Type: text/x\r\nTransfer-Encoding: chunked\r\n\r\n${`10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(20)}`,
    ],
  ])('with %s is refused and its connection closed', async (_name, text) => {
    const answer = await rawHttp(port, text)
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/)
    expect((await fetch(`http://127.0.0.1:${port}/who`)).status).toBe(200)
  })

  test('that is refused hears why in words, and of no sniffing', async () => {
    const closed = newServer({ ...open, username: 'u', password: 'p', localAuth: true })
    const { port: other } = await closed.listen('127.0.0.1:0')
    const response = await fetch(`http://127.0.0.1:${other}/who`)
    expect([response.status, await response.text()]).toEqual([401, 'Unauthorized\n'])
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="go2rtc"')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    await closed.close()
  })

  test('gets go2rtc’s headers for pages elsewhere only with origin: "*"', async () => {
    const cors = async (at: number): Promise<string | null> =>
      (await fetch(`http://127.0.0.1:${at}/who`)).headers.get('access-control-allow-origin')
    expect(await cors(port)).toBeNull()
    const wide = newServer({ ...open, origin: '*' })
    const { port: other } = await wide.listen('127.0.0.1:0')
    expect(await cors(other ?? 0)).toBe('*')
    await wide.close()
  })
})

describe('the end', () => {
  test('comes although somebody waits for an answer that never comes', async () => {
    const ended = newServer()
    const { port: other } = await ended.listen('127.0.0.1:0')
    const waiting = fetch(`http://127.0.0.1:${other}/slow`).then(
      () => 'answered',
      () => 'cut',
    )
    const idle = connect(other ?? 0, '127.0.0.1')
    await once(idle, 'connect')
    idle.on('error', () => {})
    const closed = new Promise(resolve => idle.once('close', resolve))
    await asked.promise
    await ended.close()
    expect(await waiting).toBe('cut')
    await closed
  })
})
