import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccessRules } from '#server/http/admission.ts'
import { HttpServer } from '#server/http/http-server.ts'
import { RefusalLog } from '#server/http/refusal-log.ts'
import { type OpenedWebSocket, WebSockets } from '#server/http/websocket.ts'
import { ServerLog } from '#server/logging/server-log.ts'
import { rawHttp } from '#test/helpers/raw-http.ts'
import { openWebSocket } from '#test/helpers/web-socket-viewer.ts'

const log = new ServerLog({ write: () => {} }).module('api')
const open: AccessRules = { username: '', password: '', localAuth: false, origin: '', allowHosts: [] }

let http: HttpServer
let webSockets: WebSockets
let opened: OpenedWebSocket[]
let port: number
const start = async (access: AccessRules): Promise<void> => {
  opened = []
  http = new HttpServer({ access, log, refusals: new RefusalLog(log) })
  webSockets = new WebSockets({
    access,
    refusals: new RefusalLog(log),
    handlers: new Map([['/ws', one => opened.push(one)]]),
  })
  http.onUpgrade((request, socket, head) => webSockets.upgrade(request, socket, head))
  port = (await http.listen('127.0.0.1:0')).port ?? 0
}
const stop = async (): Promise<void> => {
  webSockets.close()
  await http.close()
}
beforeEach(() => start(open))
afterEach(stop)

const url = (path: string): string => `http://127.0.0.1:${port}${path}`

describe('a WebSocket', () => {
  test('knows who opened it, and with which query', async () => {
    await using viewer = await openWebSocket(url('/ws?src=a%20b&src=c'))
    expect(opened[0]?.caller).toEqual({ address: '127.0.0.1', ring: 'local' })
    expect(opened[0]?.query.getAll('src')).toEqual(['a b', 'c'])
    expect(viewer.socket.extensions).toBe('')
  })

  test('is asked for credentials as everything else is', async () => {
    await stop()
    await start({ ...open, username: 'u', password: 'p', localAuth: true })
    await expect(openWebSocket(url('/ws'))).rejects.toThrow('401')
    const authorization = `Basic ${Buffer.from('u:p').toString('base64')}`
    await using viewer = await openWebSocket(url('/ws'), { authorization })
    expect(viewer.socket.readyState).toBe(1)
  })

  test('is ended by its client’s breach of the protocol, alone', async () => {
    await using good = await openWebSocket(url('/ws'))
    const bad = connect(port, '127.0.0.1')
    bad.write(
      'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    )
    await once(bad, 'data')
    // An unmasked frame with reserved bits: RFC 6455 §5.1 and §5.2 forbid both.
    bad.write(Buffer.from([0xff, 0x7f, 1, 2, 3]))
    await once(bad, 'close')
    expect(good.socket.readyState).toBe(1)
  })

  test('is ended when its fragments are more than a message may have', async () => {
    await using viewer = await openWebSocket(url('/ws'))
    for (let at = 0; at < 400; at++) viewer.socket.send(Buffer.alloc(1024), { fin: false })
    expect(await viewer.closed).toBe(1009)
  })

  test('ends with the server', async () => {
    await using viewer = await openWebSocket(url('/ws'))
    webSockets.close()
    expect(await viewer.closed).toBe(1006)
  })
})

test.each([
  ['a version nobody speaks', 'Sec-WebSocket-Version: 99\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n', 400],
  ['no key', 'Sec-WebSocket-Version: 13\r\n', 400],
])('a handshake with %s is refused', async (_name, headers, status) => {
  const head = 'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
  expect(await rawHttp(port, `${head}${headers}\r\n`)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
})

test('a handshake on another path is refused, and so is a target that is none', async () => {
  for (const target of ['/other', '//', 'http://[']) {
    const head = `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`
    const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
    expect(await rawHttp(port, head + key)).toMatch(/^HTTP\/1\.1 40\d /)
  }
})
