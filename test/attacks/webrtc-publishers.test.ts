import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mseViewer, parseRemoteDescription } from '#media'
import { formatRtcp } from '#media/rtp/rtcp-packet.ts'
import { BesiegedEngine } from '#test/helpers/besieged-engine.ts'
import { heldBytes } from '#test/helpers/collected-garbage.ts'
import { CountingSink } from '#test/helpers/counting-sink.ts'
import { until } from '#test/helpers/until.ts'
import { publishingOffer, targetOf } from '#test/helpers/web-rtc-offers.ts'
import { peerFingerprint, WebRtcPeer } from '#test/helpers/web-rtc-peer.ts'

const MIB = 1024 * 1024
/** Packets of one attack, and how many are sent before others have their turn. */
const PACKETS = 3000
const BURST = 50
/** Payload types of pictures and sound in the offers of these tests. */
const PICTURES = 103
const SOUND = 111

let besieged: BesiegedEngine
let held: DisposableStack
beforeEach(async () => {
  held = new DisposableStack()
  besieged = await BesiegedEngine.start({ webrtc: { listen: '127.0.0.1:0' } })
  besieged.engine.setStream({ id: 'victim', name: 'victim', sources: [] })
})
afterEach(async () => {
  held.dispose()
  await besieged[Symbol.asyncDispose]()
})

const sources = () => besieged.engine.streamByName('victim')!.sources

/** Somebody who publishes in these codecs, and somebody who watches that. */
const publish = async (video = 'H264/90000', audio = 'opus/48000/2') => {
  const text = publishingOffer(await peerFingerprint())
    .replaceAll(/a=(?:fmtp:(?:102|103|106|107|104|97|111) .*|rtpmap:(?:96|97|102|104|106|107|45|9|13|126) .*)\r\n/g, '')
    .replace('H264/90000', video)
    .replace('opus/48000/2', audio)
  const publisher = besieged.engine.publishWebRtc('victim', {
    offer: parseRemoteDescription(text),
    ...{ formatName: 'webrtc/whip', protocol: 'http', remoteAddress: '', userAgent: '' },
  })
  const answer = await publisher.answer(true)
  const port = Number(/^a=candidate:\S+ 1 udp \d+ \S+ (\d+)/m.exec(answer)?.[1])
  const peer = held.use(await WebRtcPeer.connect(port, targetOf(answer)))
  await until('the stream to have it', () => sources()[0]?.state === 'live')
  const sink = new CountingSink()
  const watching = mseViewer({ codecs: '', remoteAddress: '', userAgent: 'witness', sink })
  await besieged.engine.watch('victim', watching).catch(() => {})
  return { publisher, peer }
}

const many = async (send: (index: number) => void): Promise<void> => {
  for (let index = 0; index < PACKETS; index++) {
    send(index)
    if (index % BURST === 0) await setImmediate()
  }
}

const over = async ({ publisher, peer }: Awaited<ReturnType<typeof publish>>): Promise<void> => {
  await besieged.unharmed()
  publisher.close()
  peer[Symbol.dispose]()
  // Whoever still watches may see who publishes next.
  await until('nobody to publish', () => sources().every(({ state }) => state !== 'live'))
  await besieged.over()
}

describe('a publisher that sends rubbish', () => {
  test.each([
    ...['H264/90000', 'H265/90000', 'VP8/90000', 'VP9/90000', 'AV1/90000'].map(name => [name, PICTURES] as const),
    ...['opus/48000/2', 'PCMU/8000', 'PCMA/8000', 'G722/8000', 'L16/16000', 'MPEG4-GENERIC/16000'].map(
      name => [name, SOUND] as const,
    ),
  ])('for %s harms nobody', async (name, payloadType) => {
    const session = await (payloadType === PICTURES ? publish(name) : publish(undefined, name))
    const before = heldBytes()
    await many(index => {
      const payload = randomBytes(index % 1100)
      // Of each kind of packet that a codec has, some.
      if (payload.length > 0) payload[0] = index & 0xff
      const place = { sequenceNumber: index & 0xffff, timestamp: (index * 777) >>> 0, marker: index % 5 === 0 }
      session.peer.sendRtp({ payloadType, ssrc: payloadType === PICTURES ? 1001 : 5, ...place }, payload)
    })
    expect(heldBytes() - before).toBeLessThan(32 * MIB)
    await over(session)
  })
})

describe('a publisher that', () => {
  test.each<[string, (peer: WebRtcPeer, index: number) => void]>([
    [
      'begins stream after stream',
      (peer, index) => peer.sendRtp({ payloadType: PICTURES, ssrc: 5000 + index, sequenceNumber: 1 }, randomBytes(50)),
    ],
    [
      'changes between two streams',
      (peer, index) =>
        peer.sendRtp({ payloadType: PICTURES, ssrc: 1001 + 7 * (index % 2), sequenceNumber: index }, randomBytes(50)),
    ],
    [
      'sends the payload types of others',
      (peer, index) => peer.sendRtp({ payloadType: index % 128, ssrc: 1001, sequenceNumber: index }, randomBytes(50)),
    ],
    [
      'jumps in its numbers and times',
      (peer, index) => {
        const place = { sequenceNumber: (index * 32_749) & 0xffff, timestamp: (index * 2_147_483_629) >>> 0 }
        peer.sendRtp({ payloadType: PICTURES, ssrc: 1001, marker: true, ...place }, Buffer.of(0x65, 1, 2, 3))
      },
    ],
    [
      'reports times that cannot be',
      (peer, index) => {
        const report = { type: 'SR', ssrc: 1001, packetCount: index, octetCount: 0, reports: [] } as const
        const number = (): number => randomBytes(4).readUInt32BE()
        const times = { ntpTime: { seconds: number(), fraction: number() }, rtpTimestamp: number() }
        peer.sendRtcp(formatRtcp([{ ...report, ...times }]))
        const place = { sequenceNumber: index & 0xffff, timestamp: index * 3600 }
        peer.sendRtp({ payloadType: PICTURES, ssrc: 1001, marker: true, ...place }, Buffer.of(0x65, 1, 2, 3))
      },
    ],
  ])('%s harms nobody', async (_name, send) => {
    const session = await publish()
    const before = heldBytes()
    await many(index => send(session.peer, index))
    expect(heldBytes() - before).toBeLessThan(32 * MIB)
    await over(session)
  })
})
