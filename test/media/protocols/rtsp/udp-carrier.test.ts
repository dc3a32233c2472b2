import { describe, expect, test } from 'vitest'
import { UdpPort } from '#media/net/udp-port.ts'
import { UdpCarrier } from '#media/protocols/rtsp/udp-carrier.ts'
import { parseRtcp } from '#media/rtp/rtcp-packet.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { until } from '#test/helpers/until.ts'

/** A carrier and what it brings, and two ports that play the camera. */
const scene = async (address = '127.0.0.1') => {
  const carrier = await UdpCarrier.open(address)
  const heard: string[] = []
  const got: Buffer[] = []
  carrier.listen({
    rtp: bytes => heard.push(`rtp ${bytes}`),
    rtcp: bytes => heard.push(`rtcp ${bytes}`),
  })
  const camera = await UdpPort.bind(address, 0, bytes => got.push(bytes))
  const other = await UdpPort.bind(address, 0, bytes => got.push(bytes))
  const [rtp, rtcp] = carrier.clientPort
  const say = (port: UdpPort, text: string, to = rtp): void => port.send(Buffer.from(text), { address, port: to })
  const end = (): void => {
    for (const one of [carrier, camera, other]) one[Symbol.dispose]()
  }
  return { carrier, camera, other, heard, got, rtp, rtcp, say, [Symbol.dispose]: end }
}

describe('packets', () => {
  test.each(['127.0.0.1', '::1'])('of the camera at %s are heard', async address => {
    using running = await scene(address)
    running.say(running.camera, 'a')
    running.say(running.camera, 'b', running.rtcp)
    await until('both', () => running.heard.length === 2)
    expect(running.heard.toSorted()).toEqual(['rtcp b', 'rtp a'])
    expect(running.carrier.bytesReceived).toBe(2)
  })

  test('of another address are not', async () => {
    const carrier = await UdpCarrier.open('127.0.0.2')
    const heard: string[] = []
    carrier.listen({ rtp: bytes => heard.push(`${bytes}`), rtcp: bytes => heard.push(`${bytes}`) })
    using camera = await UdpPort.bind('127.0.0.1', 0, () => {})
    for (const port of carrier.clientPort) camera.send(Buffer.from('x'), { address: '127.0.0.1', port })
    await until('two strays', () => carrier.strayCount === 2)
    expect(heard).toEqual([])
    carrier[Symbol.dispose]()
  })

  test('of an address that the camera named are', async () => {
    const carrier = await UdpCarrier.open('127.0.0.2')
    const heard: string[] = []
    carrier.listen({ rtp: bytes => heard.push(`${bytes}`), rtcp: () => {} })
    carrier.aim({ profile: 'RTP/AVP', source: '127.0.0.1' })
    using camera = await UdpPort.bind('127.0.0.1', 0, () => {})
    camera.send(Buffer.from('x'), { address: '127.0.0.1', port: carrier.clientPort[0] })
    await until('it', () => heard.length === 1)
    carrier[Symbol.dispose]()
  })

  test('of another port are not, once there is one', async () => {
    using running = await scene()
    running.say(running.camera, 'a')
    await until('the first', () => running.heard.length === 1)
    running.say(running.other, 'b')
    await until('a stray', () => running.carrier.strayCount === 1)
    running.say(running.camera, 'c')
    await until('the next', () => running.heard.length === 2)
    expect(running.heard).toEqual(['rtp a', 'rtp c'])
  })

  test('of the port that was named count, whoever was first', async () => {
    using running = await scene()
    running.carrier.aim({ profile: 'RTP/AVP', serverPort: [running.camera.port, running.camera.port] })
    running.say(running.other, 'a')
    await until('somebody', () => running.heard.length === 1)
    running.say(running.camera, 'b')
    await until('the camera', () => running.heard.length === 2)
    running.say(running.other, 'c')
    await until('a stray', () => running.carrier.strayCount === 1)
    expect(running.heard).toEqual(['rtp a', 'rtp b'])
  })

  test('of 10 KB, as Tapo cameras send them, are heard whole', async () => {
    using running = await scene()
    running.say(running.camera, 'x'.repeat(10_240))
    await until('it', () => running.heard.length === 1)
    expect(running.heard[0]).toHaveLength(10_244)
  })
})

test('the way through a router is opened, on both ports', async () => {
  using running = await scene()
  running.carrier.aim({ profile: 'RTP/AVP', serverPort: [running.camera.port, running.other.port] })
  running.carrier.openWay()
  await until('both', () => running.got.length === 2)
  const opened = running.got.map(bytes => (bytes[1] === 201 ? parseRtcp(bytes)[0]!.type : RtpPacket.parse(bytes)))
  expect(opened.filter(one => one === 'RR')).toHaveLength(1)
  running.carrier.sendRtp(Buffer.from('a'))
  running.carrier.sendRtcp(Buffer.from('b'))
  await until('what is sent', () => running.got.length === 4)
  expect(running.carrier.bytesSent).toBe(22)
})

test('nothing is sent to a camera that names no ports', async () => {
  using running = await scene()
  running.carrier.aim({ profile: 'RTP/AVP', serverPort: [0, 1] })
  running.carrier.sendRtp(Buffer.from('a'))
  expect(running.carrier.bytesSent).toBe(0)
})
