import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { closedByPeer, type DialOptions, TcpConnection } from '#media/net/tcp-connection.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'
import { until } from '#test/helpers/until.ts'

const servers: Server[] = []
const sockets: Socket[] = []

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

const serve = async (onSocket: (socket: Socket) => void): Promise<number> => {
  const server = createServer(socket => {
    sockets.push(socket.on('error', () => {}))
    onSocket(socket)
  })
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

const dial = (options: Partial<DialOptions> & { port: number }): Promise<TcpConnection> =>
  TcpConnection.dial({
    host: '127.0.0.1',
    timeoutMs: 5000,
    signal: new AbortController().signal,
    clock: systemClock,
    onChunk: () => {},
    ...options,
  })

const unusedPort = async (): Promise<number> => {
  const port = await serve(() => {})
  servers.pop()?.close()
  return port
}

describe('dialing', () => {
  test('gives a connection that says where it leads', async () => {
    const port = await serve(() => {})
    using connection = await dial({ port })
    expect(connection.remoteAddress).toBe(`127.0.0.1:${port}`)
  })

  test('tells of a port where nothing answers', async () => {
    const port = await unusedPort()
    await expect(dial({ port })).rejects.toMatchObject({ code: 'connection_refused', host: '127.0.0.1', port })
  })

  test('tells of a host that does not exist', async () => {
    await expect(dial({ host: 'no-such-camera.invalid', port: 1 })).rejects.toMatchObject({ code: 'host_not_found' })
  })

  test('tells of a host that keeps silent', async () => {
    const clock = new HeldClock()
    // TEST-NET-1 (RFC 5737): nobody is there, or the network says so at once.
    const dialing = dial({ host: '192.0.2.1', port: 554, clock, timeoutMs: 3000 })
    const told = expect(dialing).rejects.toMatchObject({ code: expect.stringMatching(/timed_out|unreachable/) })
    await clock.advance(3000)
    await told
    expect(clock.timerCount).toBe(0)
  })

  test.each(['169.254.169.254', '::ffff:169.254.169.254', '0xa9fea9fe', '2852039166'])(
    'does not go to a metadata service: %s',
    async host => {
      await expect(dial({ host, port: 80 })).rejects.toMatchObject({ code: 'address_not_allowed' })
    },
  )

  test('is given up when it is not wanted any more', async () => {
    const abort = new AbortController()
    const dialing = dial({ host: '192.0.2.1', port: 554, signal: abort.signal })
    abort.abort()
    await expect(dialing).rejects.toMatchObject({ code: expect.stringMatching(/closed|unreachable/) })
    await expect(dial({ port: 1, signal: abort.signal })).rejects.toMatchObject({ code: 'closed' })
  })
})

describe('reading', () => {
  test('waits while it is asked to', async () => {
    const port = await serve(socket => socket.write(Buffer.alloc(4 * 1024 * 1024)))
    let received = 0
    using connection = await dial({
      port,
      onChunk: chunk => {
        received += chunk.length
        if (received === chunk.length) connection.pause()
      },
    })
    await until('the first bytes', () => received > 0)
    // Whatever is said meanwhile comes after them.
    await until('the kernel to be full', () => sockets[0]!.writableLength > 0)
    expect(received).toBeLessThan(1024 * 1024)
    connection.resume()
    await until('the rest', () => received === 4 * 1024 * 1024)
    connection.close()
    connection.resume()
  })

  test('hands on everything that was sent, and never writes where it has written', async () => {
    const sent = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => i % 251))
    const port = await serve(socket => socket.end(sent))
    const chunks: Buffer[] = []
    using connection = await dial({ port, onChunk: chunk => chunks.push(chunk) })
    expect(await connection.closed).toEqual(closedByPeer)
    expect(Buffer.concat(chunks).equals(sent)).toBe(true)
    // Views of a few slabs: none was copied, and most follow each other in memory.
    const memories = new Set(chunks.map(chunk => chunk.buffer))
    expect(memories.size).toBeLessThan(10)
  })

  test('closes the connection with what the reader throws', async () => {
    const port = await serve(socket => socket.write('rubbish'))
    using connection = await dial({
      port,
      onChunk: () => {
        throw new MalformedError('rubbish')
      },
    })
    expect(await connection.closed).toMatchObject({ code: 'malformed' })
  })

  test('stops at the end', async () => {
    const heard: string[] = []
    const port = await serve(socket => socket.write('first'))
    const closed = Promise.withResolvers<void>()
    const connection = await dial({
      port,
      onChunk: chunk => {
        heard.push(chunk.toString())
        connection.close()
        closed.resolve()
      },
    })
    await closed.promise
    sockets[0]?.write('second')
    await once(sockets[0]!, 'close')
    expect(heard).toEqual(['first'])
  })
})

describe('an accepted connection', () => {
  test('reads, writes and tells of its end', async () => {
    const heard = Promise.withResolvers<string>()
    const accepted = Promise.withResolvers<TcpConnection>()
    const port = await serve(socket => {
      const onChunk = (chunk: Buffer): void => heard.resolve(chunk.toString())
      accepted.resolve(TcpConnection.accept(socket, { clock: systemClock, onChunk }))
    })
    const answered = Promise.withResolvers<string>()
    const connection = await dial({ port, onChunk: chunk => answered.resolve(chunk.toString()) })
    connection.write(Buffer.from('hello'))
    const other = await accepted.promise
    expect(await heard.promise).toBe('hello')
    other.write(Buffer.from('good day'))
    expect(await answered.promise).toBe('good day')
    connection.close()
    expect(await other.closed).toEqual(closedByPeer)
  })
})

describe('closing', () => {
  test('still sends what was written', async () => {
    const heard = Promise.withResolvers<string>()
    const port = await serve(socket => {
      const chunks: Buffer[] = []
      socket.on('data', chunk => chunks.push(chunk as Buffer))
      socket.on('end', () => heard.resolve(Buffer.concat(chunks).toString()))
    })
    const connection = await dial({ port })
    connection.write(Buffer.from('last words'))
    connection.close({ code: 'done', message: 'first' })
    connection.close({ code: 'done', message: 'second' })
    connection.write(Buffer.from('too late'))
    expect(await heard.promise).toBe('last words')
    expect(await connection.closed).toEqual({ code: 'done', message: 'first' })
    expect(connection.ended).toBe(true)
  })

  test('does not wait long for somebody who takes nothing', async () => {
    const clock = new HeldClock()
    const port = await serve(socket => socket.pause())
    const connection = await dial({ port, clock })
    connection.write(Buffer.alloc(64 * 1024 * 1024))
    expect(connection.pendingBytes).toBeGreaterThan(0)
    const gone = once(sockets[0]!, 'close')
    connection.close()
    await clock.advance(1000)
    sockets[0]!.resume()
    await gone
    expect(clock.timerCount).toBe(0)
  })
})

describe('over TLS', () => {
  const serveTls = async (): Promise<number> => {
    using folder = new TemporaryFolder()
    const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-days', '2']
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...subject]
    execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' })
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, socket => {
      sockets.push(socket.on('error', () => {}))
      socket.write('secret')
    })
    server.on('tlsClientError', () => {})
    servers.push(server)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return (server.address() as AddressInfo).port
  }

  test('a certificate nobody vouches for is refused, unless it does not matter', async () => {
    const port = await serveTls()
    await expect(dial({ host: 'localhost', port, tls: 'verified' })).rejects.toMatchObject({
      code: 'certificate_refused',
    })
    const heard = Promise.withResolvers<string>()
    using connection = await dial({ port, tls: 'unverified', onChunk: chunk => heard.resolve(chunk.toString()) })
    expect(await heard.promise).toBe('secret')
    expect(connection.remoteAddress).toBe(`127.0.0.1:${port}`)
  })
})
