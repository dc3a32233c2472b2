import { once } from 'node:events'
import { Agent } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { HttpClient, type HttpClientOptions } from '#media/net/http-client.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { digestGuarded, giving, HttpCamera } from '#test/helpers/http-camera.ts'
import { until } from '#test/helpers/until.ts'

const credentials = { username: 'admin', password: 'secret' }
const hello = giving('text/plain', 'hello')

const client = (options: Partial<HttpClientOptions> = {}): HttpClient =>
  new HttpClient({
    clock: systemClock,
    signal: new AbortController().signal,
    timeoutMs: 5000,
    headers: [['User-Agent', 'Sightline']],
    unverified: false,
    ...options,
  })

const get = async (url: string, options: Partial<HttpClientOptions> = {}): Promise<string> => {
  const { body } = await client(options).get(new URL(url))
  return text(body)
}

/** A TCP server that does with sockets what a test says. */
const rawServer = async (onSocket: (socket: Socket) => void) => {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket.on('error', () => {}))
    onSocket(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { url: `http://127.0.0.1:${port}/`, sockets, [Symbol.dispose]: close }
}

describe('an HTTP client', () => {
  test('gets what is there, and says where it came from', async () => {
    await using camera = await HttpCamera.start({ '/a b': hello, '/a%20b': hello })
    const { body, url, remoteAddress } = await client().get(new URL(camera.at('/a b?x=1')))
    expect(await text(body)).toBe('hello')
    expect([url.pathname, remoteAddress]).toEqual(['/a%20b', `127.0.0.1:${camera.port}`])
    expect(camera.requests[0]!.headers).toMatchObject({ 'user-agent': 'Sightline', accept: '*/*' })
    expect(camera.requests[0]!.headers.authorization).toBeUndefined()
  })

  test('tells the status of what is refused', async () => {
    await using camera = await HttpCamera.start({
      '/busy': (_, response) => response.writeHead(503, 'Too Many Viewers').end(),
      '/empty': (_, response) => response.writeHead(204).end(),
    })
    await expect(get(camera.at('/gone'))).rejects.toMatchObject({
      code: 'not_found',
      message: 'the camera answered 404 Not Found',
    })
    await expect(get(camera.at('/busy'))).rejects.toMatchObject({
      code: 'camera_refused',
      message: 'the camera answered 503 Too Many Viewers',
    })
    await expect(get(camera.at('/empty'))).rejects.toMatchObject({ code: 'camera_refused' })
  })

  test('tells of a port where nothing answers', async () => {
    const camera = await HttpCamera.start({})
    const url = camera.at('/')
    await camera[Symbol.asyncDispose]()
    await expect(get(url)).rejects.toMatchObject({ code: 'connection_refused' })
    await expect(get('http://no-such-camera.invalid/')).rejects.toMatchObject({ code: 'host_not_found' })
  })

  test('tells of what does not speak HTTP, says nothing or hangs up', async () => {
    using other = await rawServer(socket => socket.write('SSH-2.0-OpenSSH\r\n'))
    await expect(get(other.url)).rejects.toMatchObject({ code: 'not_http' })
    using closing = await rawServer(socket => socket.once('data', () => socket.destroy()))
    await expect(get(closing.url)).rejects.toMatchObject({ code: 'not_http' })
    using silent = await rawServer(() => {})
    const clock = new HeldClock()
    const asked = expect(get(silent.url, { clock })).rejects.toMatchObject({ code: 'timed_out' })
    await until('a connection', () => silent.sockets.length > 0)
    await clock.advance(5000)
    await asked
    expect(clock.timerCount).toBe(0)
  })

  test('gives up when it is not wanted any more', async () => {
    using silent = await rawServer(() => {})
    const abort = new AbortController()
    const asked = expect(get(silent.url, { signal: abort.signal })).rejects.toMatchObject({ code: 'closed' })
    await until('a connection', () => silent.sockets.length > 0)
    abort.abort()
    await asked
    await expect(get(silent.url, { signal: abort.signal })).rejects.toMatchObject({ code: 'closed' })
  })

  test('keeps connections where it was given something to keep them with', async () => {
    await using camera = await HttpCamera.start({ '/': hello })
    const agents = { plain: new Agent({ keepAlive: true }), tls: new Agent() as never }
    for (let i = 0; i < 3; i++) await get(camera.at('/'), { agents })
    expect(new Set(camera.requests.map(request => request.socket.remotePort)).size).toBe(1)
    agents.plain.destroy()
  })
})

describe('logging in', () => {
  test('is by Basic unasked, as go2rtc does it', async () => {
    await using camera = await HttpCamera.start({ '/': hello })
    await get(camera.at('/'), { credentials })
    expect(camera.requests.map(request => request.headers.authorization)).toEqual(['Basic YWRtaW46c2VjcmV0'])
  })

  test('is by Digest where that is asked for, also for the next question', async () => {
    await using camera = await HttpCamera.start({ '/a': digestGuarded('admin', 'secret', hello) })
    const one = client({ credentials })
    for (let i = 0; i < 2; i++) expect(await text((await one.get(new URL(camera.at('/a?b=c')))).body)).toBe('hello')
    const schemes = camera.requests.map(request => request.headers.authorization?.split(' ')[0])
    expect(schemes).toEqual(['Basic', 'Digest', 'Digest'])
    expect(camera.requests.map(request => /nc=(\w+)/.exec(request.headers.authorization!)?.[1])).toEqual([
      undefined,
      '00000001',
      '00000002',
    ])
  })

  test.each([
    { name: 'Digest', answer: digestGuarded('admin', 'other', hello), asked: 2 },
    {
      name: 'Basic',
      answer: (_: unknown, response: Parameters<typeof hello>[1]) =>
        void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end(),
      asked: 1,
    },
    {
      name: 'something unknown',
      answer: (_: unknown, response: Parameters<typeof hello>[1]) => void response.writeHead(401).end(),
      asked: 1,
    },
  ])('that $name refuses is not tried again and again', async ({ answer, asked }) => {
    await using camera = await HttpCamera.start({ '/': answer })
    await expect(get(camera.at('/'), { credentials })).rejects.toMatchObject({ code: 'wrong_password' })
    expect(camera.requests).toHaveLength(asked)
    await expect(get(camera.at('/'))).rejects.toMatchObject({ code: 'password_needed' })
  })
})

describe('redirects', () => {
  test('are followed, with the password on the same host only', async () => {
    await using other = await HttpCamera.start({ '/c': hello })
    await using camera = await HttpCamera.start({
      '/a': (_, response) => response.writeHead(302, { Location: 'b' }).end(),
      '/b': (_, response) => response.writeHead(307, { Location: other.at('/c', 'localhost') }).end(),
    })
    const headers = [['X-Key', 'k']] as const
    const { url } = await client({ credentials, headers }).get(new URL(camera.at('/a')))
    expect(url.href).toBe(other.at('/c', 'localhost'))
    expect(camera.requests.map(request => request.headers.authorization !== undefined)).toEqual([true, true])
    expect(other.requests[0]!.headers).not.toHaveProperty('authorization')
    expect(other.requests[0]!.headers).not.toHaveProperty('x-key')
  })

  test.each([
    { name: 'lead in a circle', location: '/a', code: 'bad_redirect' },
    { name: 'lead to no HTTP', location: 'file:///etc/passwd', code: 'bad_redirect' },
    { name: 'lead to a cloud’s metadata', location: 'http://169.254.169.254/latest', code: 'address_not_allowed' },
    { name: 'lead there in disguise', location: 'http://[::ffff:a9fe:a9fe]/', code: 'address_not_allowed' },
    { name: 'lead there by number', location: 'http://2852039166/', code: 'address_not_allowed' },
  ])('that $name are not followed', async ({ location, code }) => {
    await using camera = await HttpCamera.start({
      '/a': (_, response) => response.writeHead(301, { Location: location }).end(),
    })
    await expect(get(camera.at('/a'))).rejects.toMatchObject({ code })
    expect(camera.requests.length).toBeLessThanOrEqual(6)
  })
})

test('certificates are checked for names, not for bare addresses, and not where that is not wanted', async () => {
  await using camera = await HttpCamera.start({ '/': hello }, true)
  await expect(get(camera.at('/', 'localhost'))).rejects.toMatchObject({ code: 'certificate_refused' })
  expect(await get(camera.at('/', 'localhost'), { unverified: true })).toBe('hello')
  expect(await get(camera.at('/'))).toBe('hello')
})
