import { afterEach, beforeEach, expect, test } from 'vitest'
import { DtlsSession, localFingerprint } from '#media/protocols/webrtc/dtls-session.ts'
import { IcePort } from '#media/protocols/webrtc/ice-port.ts'
import { IceSession } from '#media/protocols/webrtc/ice-session.ts'
import { formatRtcp } from '#media/rtp/rtcp-packet.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { heldBytes } from '#test/helpers/collected-garbage.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { until } from '#test/helpers/until.ts'
import { peerFingerprint, WebRtcPeer } from '#test/helpers/web-rtc-peer.ts'

let port: IcePort
let held: DisposableStack

beforeEach(async () => {
  held = new DisposableStack()
  port = held.use(
    await IcePort.open({ host: '127.0.0.1', udp: 0, tcp: 0, networks: ['udp4', 'tcp4'], clock: systemClock }),
  )
})

afterEach(() => held.dispose())

const sessionWith = async (fingerprint: string, clock = systemClock) => {
  const ice = held.use(
    new IceSession({ clock: systemClock, role: 'controlled', remote: { name: 'peer', password: 'password' } }),
  )
  port.add(ice)
  const heard: string[] = []
  const fingerprints = [{ algorithm: 'sha-256', value: fingerprint }]
  const onRtcp = (bytes: Buffer): void => void heard.push(bytes.toString('hex'))
  const dtls = held.use(
    await DtlsSession.open({ ice, clock, fingerprints, role: 'server' as const, onRtp: () => {}, onRtcp }),
  )
  return { ice, dtls, heard }
}

const goodbye = formatRtcp([{ type: 'BYE', ssrcs: [7], reason: '' }])

test.each(['udp', 'tcp'] as const)(
  'keys are agreed over %s, and what they protect is opened by the other side',
  async protocol => {
    const { ice, dtls, heard } = await sessionWith(await peerFingerprint())
    const peer = held.use(await WebRtcPeer.connect(port.tcpPort!, ice, protocol))
    const { protectRtcp } = await dtls.connected
    ice.send([protectRtcp(goodbye)])
    await until('our report', () => peer.rtcp.length === 1)
    expect(peer.rtcp[0]).toEqual(goodbye)
    peer.sendRtcp(goodbye)
    await until('its report', () => heard.length === 1)
    expect(heard).toEqual([goodbye.toString('hex')])
  },
)

test('a peer with another certificate than it announced is let go', async () => {
  const { ice, dtls } = await sessionWith('AA:BB')
  const connecting = WebRtcPeer.connect(port.tcpPort!, ice).catch(() => {})
  await expect(dtls.connected).rejects.toThrow('another certificate')
  expect(await dtls.closed).toMatchObject({ code: 'wrong_certificate' })
  ;(await connecting)?.[Symbol.dispose]()
})

test('a forged alert ends nothing, and our own end is told at once', async () => {
  const { ice, dtls, heard } = await sessionWith(await peerFingerprint())
  const peer = held.use(await WebRtcPeer.connect(port.tcpPort!, ice))
  await dtls.connected
  peer.ice.send(Buffer.from('15fefd000000000000000000020100', 'hex'))
  peer.sendRtcp(goodbye)
  await until('its report', () => heard.length === 1)
  dtls.close()
  await until('the goodbye', () => peer.closed)
})

/** A record that nothing protects, whatever it says of that. */
const forged = (type: number, epoch: number, body: string): Buffer => {
  const bytes = Buffer.from(body, 'hex')
  const head = Buffer.from('00fefd00000000000000990000', 'hex')
  head[0] = type
  head.writeUInt16BE(epoch, 3)
  head.writeUInt16BE(bytes.length, 11)
  return Buffer.concat([head, bytes])
}

const hello = `010000300001000000000030fefd${'ab'.repeat(32)}00000002c02b0100${'00'.repeat(6)}`

test.each<[string, Buffer]>([
  ['an alert that says it is protected', forged(21, 1, '0100')],
  ['an alert behind a record that looks protected', Buffer.concat([forged(23, 1, 'ab'), forged(21, 0, '0100')])],
  ['a record of no known type', forged(24, 0, 'ab')],
  ['a record shorter than its header', Buffer.from('16fefd0000', 'hex')],
  ['a greeting', forged(22, 0, hello)],
  ['a greeting that makes no sense', forged(22, 0, '010000040001000000000004ffffffff')],
  ['last words that cannot be opened', forged(22, 1, 'ab'.repeat(40))],
])('%s from where the peer is ends nothing, and changes nothing', async (_name, bytes) => {
  const { ice, dtls, heard } = await sessionWith(await peerFingerprint())
  const peer = held.use(await WebRtcPeer.connect(port.udpPort(4)!, ice))
  await dtls.connected
  peer.ice.send(bytes)
  peer.sendRtcp(goodbye)
  await until('its report', () => heard.length === 1)
  expect(ice.ended).toBe(false)
  // It still has its keys: the goodbye can be read.
  dtls.close()
  await until('the goodbye', () => peer.closed)
})

test('a greeting that makes no sense does not keep the peer from connecting', async () => {
  const { ice, dtls } = await sessionWith(await peerFingerprint())
  ice.receive(forged(22, 0, '010000040001000000000004ffffffff'))
  ice.receive(forged(24, 0, 'ab'))
  ice.receive(forged(21, 0, '0100'))
  held.use(await WebRtcPeer.connect(port.udpPort(4)!, ice))
  await dtls.connected
})

test('a report that comes again is not heard again', async () => {
  const { ice, dtls, heard } = await sessionWith(await peerFingerprint())
  const peer = held.use(await WebRtcPeer.connect(port.udpPort(4)!, ice))
  await dtls.connected
  const report = peer.protectRtcp(goodbye)
  for (let times = 0; times < 3; times++) peer.ice.send(report)
  const other = formatRtcp([{ type: 'BYE', ssrcs: [8], reason: '' }])
  peer.sendRtcp(other)
  await until('the other report', () => heard.includes(other.toString('hex')))
  expect(heard).toEqual([goodbye.toString('hex'), other.toString('hex')])
})

test('pieces of messages that never end are not kept, also of who is connected', async () => {
  const { ice, dtls, heard } = await sessionWith(await peerFingerprint())
  const peer = held.use(await WebRtcPeer.connect(port.udpPort(4)!, ice))
  await dtls.connected
  const before = heldBytes()
  const endless = forged(22, 0, `0b00ffff00070000000004a4${'ab'.repeat(1188)}`)
  for (let count = 0; count < 20_000; count++) ice.receive(Buffer.from(endless))
  expect(heldBytes() - before).toBeLessThan(1024 * 1024)
  peer.sendRtcp(goodbye)
  await until('its report', () => heard.length === 1)
})

test('whoever does not come within 15 s is not waited for', async () => {
  const clock = new HeldClock()
  const { ice, dtls } = await sessionWith('AA:BB', clock)
  await clock.advance(15_000)
  expect(await dtls.closed).toMatchObject({ code: 'handshake_timeout' })
  expect([ice.ended, clock.timerCount]).toEqual([true, 0])
})

test('more bytes than a handshake has end it', async () => {
  const { ice, dtls } = await sessionWith('AA:BB')
  for (let i = 0; i < 60; i++) ice.receive(Buffer.alloc(1200, 22))
  expect(await dtls.closed).toMatchObject({ code: 'handshake_failed' })
})

test('our certificate is the same for the life of the process', async () => {
  const [one, other] = [await localFingerprint(), await localFingerprint()]
  expect(one).toEqual(other)
  expect(one.value).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/)
})
