import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { bindUdpPair, UdpPort } from '#media/net/udp-port.ts'

const nobody = (): void => {}

test.each(['127.0.0.1', '::1'])('a datagram from %s is heard, with who sent it', async address => {
  const heard = Promise.withResolvers<[Buffer, object]>()
  using port = await UdpPort.bind(address, 0, (bytes, from) => heard.resolve([bytes, from]))
  using other = await UdpPort.bind(address, 0, nobody)
  other.send(Buffer.from('hello'), { address, port: port.port })
  expect(await heard.promise).toEqual([Buffer.from('hello'), { address, port: other.port }])
})

test('two neighbouring ports have the even one for RTP', async () => {
  for (let round = 0; round < 20; round++) {
    const heard: string[] = []
    const both = Promise.withResolvers<void>()
    const hear = (which: string) => (): void => {
      if (heard.push(which) === 2) both.resolve()
    }
    const { rtp, rtcp } = await bindUdpPair('127.0.0.1', { rtp: hear('rtp'), rtcp: hear('rtcp') })
    expect(rtp.port % 2).toBe(0)
    expect(rtcp.port).toBe(rtp.port + 1)
    rtp.send(Buffer.from('x'), { address: '127.0.0.1', port: rtcp.port })
    rtcp.send(Buffer.from('x'), { address: '127.0.0.1', port: rtp.port })
    await both.promise
    expect(heard.toSorted()).toEqual(['rtcp', 'rtp'])
    rtp.close()
    rtcp.close()
  }
})

test('a port in use is told so', async () => {
  using port = await UdpPort.bind('127.0.0.1', 0, nobody)
  await expect(UdpPort.bind('127.0.0.1', port.port, nobody)).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('a closed port hears and sends nothing, and may be closed again', async () => {
  const other = createSocket('udp4')
  await once(other.bind(0, '127.0.0.1'), 'listening')
  const port = await UdpPort.bind('127.0.0.1', 0, nobody)
  port.close()
  port.close()
  port.send(Buffer.from('x'), { address: '127.0.0.1', port: other.address().port })
  other.close()
  // Its number is free again.
  using again = await UdpPort.bind('127.0.0.1', port.port, nobody)
  expect(again.port).toBe(port.port)
})

test('what cannot be sent is lost', async () => {
  using port = await UdpPort.bind('127.0.0.1', 0, nobody)
  port.send(Buffer.alloc(70_000), { address: '127.0.0.1', port: 9 })
  port.send(Buffer.from('x'), { address: '::1', port: 9 })
  port.send(Buffer.from('x'), { address: '127.0.0.1', port: 0 })
  port.send(Buffer.from('x'), { address: '127.0.0.1', port: 65_536 })
  port.send(Buffer.from('x'), { address: '127.0.0.1', port: port.port })
})
