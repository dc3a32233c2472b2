import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { ListenError, parseListenAddress, TcpServer, type TcpServerOptions } from '#media/net/tcp-server.ts'

const listen = (options: Partial<TcpServerOptions>): Promise<TcpServer> =>
  TcpServer.listen({
    address: '127.0.0.1:0',
    connectionsMax: 10,
    onSocket: socket => socket.destroy(),
    onTooMany: () => {},
    ...options,
  })

test.each([
  [':8554', { host: '', port: 8554 }],
  ['0.0.0.0:8554', { host: '0.0.0.0', port: 8554 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:554', { host: '::1', port: 554 }],
  ['[::]:554', { host: '::', port: 554 }],
])('an address is read: %s', (text, address) => {
  expect(parseListenAddress(text)).toEqual(address)
})

test.each(['', '8554', 'host', 'host:', ':65536', '::1:554', '[::1]', ':port'])('an address is refused: "%s"', text => {
  expect(() => parseListenAddress(text)).toThrow(expect.objectContaining({ code: 'malformed_address' }))
})

test('the address that was got has the port that was got', async () => {
  using server = await listen({})
  expect(server.port).toBeGreaterThan(0)
  expect(server.address).toBe(`127.0.0.1:${server.port}`)
})

test('an address without a host takes connections of every family', async () => {
  using server = await listen({ address: ':0' })
  expect(server.address).toBe(`:${server.port}`)
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
})

test('a port in use is told so', async () => {
  using first = await listen({})
  const second = listen({ address: first.address })
  await expect(second).rejects.toThrow(ListenError)
  await expect(second).rejects.toMatchObject({
    code: 'port_in_use',
    message: `port ${first.port} is already used by another program`,
  })
})

test('an address of another machine is told so', async () => {
  await expect(listen({ address: '192.0.2.1:0' })).rejects.toMatchObject({ code: 'address_not_available' })
})

test('one connection too many is closed unheard', async () => {
  const accepted: Socket[] = []
  const tooMany = Promise.withResolvers<void>()
  using server = await listen({
    connectionsMax: 1,
    onSocket: socket => accepted.push(socket.on('error', () => {})),
    onTooMany: tooMany.resolve,
  })
  const first = connect(server.port, '127.0.0.1')
  await once(first, 'connect')
  const second = connect(server.port, '127.0.0.1').on('error', () => {})
  const ended = once(second, 'close')
  await tooMany.promise
  await ended
  expect(accepted).toHaveLength(1)
  for (const socket of [first, ...accepted]) socket.destroy()
})
