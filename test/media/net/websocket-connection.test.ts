import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocketConnection, type WebSocketOptions } from '#media/net/websocket-connection.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { until } from '#test/helpers/until.ts'
import { type GatewayGuard, WebSocketGateway } from '#test/helpers/web-socket-gateway.ts'

/** What is behind the gateway. */
let behind: Server
let accepted: Socket[]

beforeEach(async () => {
  accepted = []
  behind = createServer(socket => accepted.push(socket.on('error', () => {})))
  await once(behind.listen(0, '127.0.0.1'), 'listening')
})
afterEach(async () => {
  for (const socket of accepted) socket.destroy()
  behind.close()
  await once(behind, 'close')
})

const port = (server: Server): number => (server.address() as { port: number }).port

const dial = (url: string, options: Partial<WebSocketOptions> = {}): Promise<WebSocketConnection> =>
  WebSocketConnection.dial({
    url: new URL(url),
    clock: systemClock,
    signal: new AbortController().signal,
    timeoutMs: 5000,
    unverified: false,
    onChunk: () => {},
    ...options,
  })

describe('bytes', () => {
  test.each([
    ['with the subprotocol', true],
    ['without it, where the server does not repeat it', false],
  ])('go both ways, whatever messages they come in, %s', async (_name, subprotocol) => {
    await using gateway = await WebSocketGateway.before(port(behind), { subprotocol, messageBytes: 3 })
    const got: Buffer[] = []
    using connection = await dial(gateway.url, { onChunk: chunk => got.push(chunk) })
    expect(connection.remoteAddress).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(gateway.requests[0]!.headers['sec-websocket-protocol']).toBe('binary')
    expect(gateway.requests.at(-1)!.url).toBe('/rtsp?x=y')
    connection.write(Buffer.from('to the camera'))
    await until('the camera', () => accepted.length === gateway.requests.length)
    const camera = accepted.at(-1)!
    const [bytes] = await once(camera, 'data')
    expect(String(bytes)).toBe('to the camera')
    camera.write('and back again')
    await until('the answer', () => Buffer.concat(got).toString() === 'and back again')
    expect(got).toHaveLength(5)
    expect(connection.pendingBytes).toBe(0)
  })

  test('that make no sense end the connection with what was wrong with them', async () => {
    await using gateway = await WebSocketGateway.before(port(behind))
    using connection = await dial(gateway.url, {
      onChunk: () => {
        throw new Error('nonsense')
      },
    })
    await until('the camera', () => accepted.length === 1)
    accepted[0]!.write('x')
    expect(await connection.closed).toMatchObject({ message: 'nonsense' })
    connection.write(Buffer.from('nobody hears this'))
  })

  test('of more than a megabyte in one message end it too', async () => {
    await using gateway = await WebSocketGateway.before(port(behind))
    using connection = await dial(gateway.url)
    await until('the gateway', () => gateway.sockets.length === 1)
    gateway.sockets[0]!.send(Buffer.alloc(1024 * 1024 + 1))
    expect(await connection.closed).toMatchObject({ code: 'connection_lost' })
  })
})

describe('the end', () => {
  test('is told to the other side, and leaves nothing behind', async () => {
    await using gateway = await WebSocketGateway.before(port(behind))
    const clock = new HeldClock()
    const connection = await dial(gateway.url, { clock })
    await until('the gateway', () => gateway.sockets.length === 1)
    const closed = once(gateway.sockets[0]!, 'close')
    connection.close()
    connection.close()
    expect(await connection.closed).toMatchObject({ code: 'done' })
    expect(connection.ended).toBe(true)
    await closed
    await until('no timer', () => clock.timerCount === 0)
  })

  test('comes when the other side hangs up', async () => {
    await using gateway = await WebSocketGateway.before(port(behind))
    using connection = await dial(gateway.url)
    await until('the gateway', () => gateway.sockets.length === 1)
    gateway.sockets[0]!.close()
    expect(await connection.closed).toMatchObject({ code: 'closed_by_peer' })
  })

  test('does not wait for ever for the other side', async () => {
    await using gateway = await WebSocketGateway.before(port(behind))
    const clock = new HeldClock()
    const connection = await dial(gateway.url, { clock })
    await until('the gateway', () => gateway.sockets.length === 1)
    const [socket] = gateway.sockets
    socket!.pause()
    connection.close()
    await clock.advance(1000)
    expect(clock.timerCount).toBe(0)
  })
})

describe('a password', () => {
  const credentials = { username: 'admin', password: '12345' }
  const guarded =
    (challenges: readonly string[], likes: (authorization: string) => boolean): GatewayGuard =>
    ({ headers: { authorization } }) =>
      authorization !== undefined && likes(authorization)
        ? undefined
        : [401, challenges.map(challenge => `WWW-Authenticate: ${challenge}`)]

  test.each([
    ['Basic', ['Basic realm="x"'], (text: string) => text === 'Basic YWRtaW46MTIzNDU='],
    ['Digest', ['Digest realm="x", nonce="n", qop="auth"'], (text: string) => text.includes('uri="/rtsp?x=y"')],
    ['the safest', ['Basic realm="x"', 'Digest realm="x", nonce="n"'], (text: string) => text.startsWith('Digest')],
    [
      'an old nonce',
      ['Digest realm="x", nonce="n", stale=true'],
      (() => {
        let asked = 0
        return () => ++asked === 2
      })(),
    ],
  ])('is given to a camera that asks: %s', async (_name, challenges, likes) => {
    await using gateway = await WebSocketGateway.before(port(behind), { guard: guarded(challenges, likes) })
    using connection = await dial(gateway.url, { credentials })
    expect(connection.ended).toBe(false)
  })

  test.each([
    ['password_needed', ['Basic realm="x"'], {}, 1],
    ['wrong_password', ['Digest realm="x", nonce="n"'], { credentials }, 2],
    ['wrong_password', ['Digest realm="x", nonce="n", stale=true'], { credentials }, 3],
    ['login_not_supported', ['Negotiate'], { credentials }, 1],
  ])('that does not help is told so: %s', async (code, challenges, options, times) => {
    await using gateway = await WebSocketGateway.before(port(behind), { guard: guarded(challenges, () => false) })
    await expect(dial(gateway.url, options)).rejects.toMatchObject({ code })
    expect(gateway.requests).toHaveLength(times)
  })
})

describe('a WebSocket that cannot be had is told so', () => {
  test('by a server that has none there', async () => {
    await using gateway = await WebSocketGateway.before(port(behind), { guard: () => [404, []] })
    await expect(dial(gateway.url)).rejects.toMatchObject({
      code: 'upgrade_refused',
      message: 'the camera opens no WebSocket there: it answered 404 Not Found',
    })
  })

  test.each([
    ['nobody', 'ws://127.0.0.1:1/', 'connection_refused'],
    ['a metadata service', 'ws://169.254.169.254/latest', 'address_not_allowed'],
    ['one in another form', 'ws://[::ffff:169.254.169.254]/latest', 'address_not_allowed'],
    ['a name that is none', 'ws://camera.invalid/', 'host_not_found'],
  ])('by %s', async (_name, url, code) => {
    await expect(dial(url)).rejects.toMatchObject({ code })
  })

  test('by somebody who does not speak HTTP', async () => {
    behind.on('connection', socket => socket.end('SSH-2.0-OpenSSH_9.2p1\r\n'))
    await expect(dial(`ws://127.0.0.1:${port(behind)}/`)).rejects.toMatchObject({ code: 'upgrade_refused' })
  })

  test('by who does not answer in time', async () => {
    const clock = new HeldClock()
    const dialing = expect(dial(`ws://127.0.0.1:${port(behind)}/`, { clock, timeoutMs: 3000 })).rejects.toMatchObject({
      code: 'timed_out',
    })
    await until('the connection', () => accepted.length === 1)
    await clock.advance(3000)
    await dialing
    expect(clock.timerCount).toBe(0)
    await until('its end', () => accepted[0]!.destroyed || accepted[0]!.readableEnded || accepted[0]!.resume().closed)
  })

  test('by who gives the dial up, before and while it lasts', async () => {
    const abort = new AbortController()
    const dialing = expect(dial(`ws://127.0.0.1:${port(behind)}/`, { signal: abort.signal })).rejects.toMatchObject({
      code: 'closed',
    })
    await until('the connection', () => accepted.length === 1)
    abort.abort()
    await dialing
    await expect(dial('ws://127.0.0.1:1/', { signal: abort.signal })).rejects.toMatchObject({ code: 'closed' })
  })
})
