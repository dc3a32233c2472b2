import { afterEach, beforeEach, expect, test } from 'vitest'
import { DtlsSession, localFingerprint } from '#media/protocols/webrtc/dtls-session.ts'
import { IcePort } from '#media/protocols/webrtc/ice-port.ts'
import { IceSession } from '#media/protocols/webrtc/ice-session.ts'
import { formatRtcp } from '#media/rtp/rtcp-packet.ts'
import { systemClock } from '#media/runtime/clock.ts'
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
