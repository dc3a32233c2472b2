import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEngine, type Engine, type EngineFact, parseRemoteDescription, type WebRtcConsumer } from '#media'
import { formatRtcp, parseRtcp } from '#media/rtp/rtcp-packet.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { until } from '#test/helpers/until.ts'
import { chromiumOffer, offerOf, targetOf } from '#test/helpers/web-rtc-offers.ts'
import { peerFingerprint, WebRtcPeer } from '#test/helpers/web-rtc-peer.ts'

const demoClip = new URL('../../../../src/media/protocols/demo/clip.mp4', import.meta.url).pathname

let engine: Engine
let port: number
let held: DisposableStack

beforeEach(async () => {
  held = new DisposableStack()
  engine = createEngine({ rtsp: { listen: '' }, webrtc: { listen: '127.0.0.1:0' }, demoClip })
  engine.setStream({ id: '1', name: 'demo', sources: [engine.checkSource('demo:')] })
  const listener = (await engine.listen()).find(({ name }) => name === 'webrtc')
  port = Number(listener?.address.split(':')[1])
})

afterEach(async () => {
  held.dispose()
  await engine[Symbol.asyncDispose]()
})

const ask = async (text?: string): Promise<WebRtcConsumer> =>
  engine.watchWebRtc('demo', {
    offer: parseRemoteDescription(text ?? offerOf(await peerFingerprint())),
    ...{ formatName: 'webrtc/json', protocol: 'ws', remoteAddress: '127.0.0.1:9', userAgent: 'test' },
  })

const play = async (protocol: 'udp' | 'tcp' = 'udp') => {
  const consumer = await ask()
  const answer = await consumer.answer(true)
  const peer = held.use(await WebRtcPeer.connect(port, targetOf(answer), protocol))
  await until('pictures', () => peer.rtp.length > 20)
  return { consumer, answer, peer }
}

const packetsOf = (peer: WebRtcPeer): readonly RtpPacket[] => peer.rtp.map(bytes => RtpPacket.parse(bytes))

test.each(['udp', 'tcp'] as const)(
  'pictures come over %s from a keyframe on, after a report, numbered without gaps',
  async protocol => {
    const { consumer, answer, peer } = await play(protocol)
    const packets = packetsOf(peer).filter(({ payloadType }) => payloadType !== 107)
    const first = packets[0]!
    // Parameter sets lead the keyframe: aggregated (24) or alone (7).
    expect([24, 7]).toContain(first.payload[0]! & 0x1f)
    expect(packets.map(({ sequenceNumber }) => (sequenceNumber - first.sequenceNumber) & 0xffff)).toEqual(
      packets.map((_, at) => at),
    )
    expect(packets.every(({ payload }) => payload.length <= 1188)).toBe(true)
    expect(answer).toContain(`a=ssrc:${first.ssrc} cname:`)
    expect(parseRtcp(peer.rtcp[0]!)[0]).toMatchObject({ type: 'SR', ssrc: first.ssrc })
    expect(consumer.info.protocol).toBe(`ws+${protocol}`)
    expect(consumer.info.bytesSent).toBeGreaterThan(1000)
    expect(engine.streamByName('demo')?.consumers[0]?.connection.formatName).toBe('webrtc/json')
  },
)

test('what was missed comes again, and a lost picture brings a keyframe', async () => {
  const { peer } = await play()
  const first = packetsOf(peer)[0]!
  const nack = { type: 'NACK', ssrc: 1, mediaSsrc: first.ssrc, sequenceNumbers: [first.sequenceNumber] } as const
  peer.sendRtcp(formatRtcp([{ type: 'RR', ssrc: 1, reports: [] }, nack]))
  const again = (): RtpPacket | undefined => packetsOf(peer).find(({ payloadType }) => payloadType === 107)
  await until('the packet again', () => again() !== undefined)
  expect(again()!.payload.subarray(2)).toEqual(first.payload)
  const keyframes = (): number => packetsOf(peer).filter(({ payload }) => (payload[0]! & 0x1f) === 24).length
  const before = keyframes()
  peer.sendRtcp(
    formatRtcp([
      { type: 'RR', ssrc: 1, reports: [] },
      { type: 'PLI', ssrc: 1, mediaSsrc: first.ssrc },
    ]),
  )
  await until('a keyframe', () => keyframes() > before)
})

test('a peer that says goodbye is gone at once, and takes nothing with it', async () => {
  const { consumer, peer } = await play()
  peer[Symbol.dispose]()
  consumer.close()
  expect(await consumer.closed).toMatchObject({ code: 'done' })
  await until('the stream to be left', () => engine.streamByName('demo')?.consumers.length === 0)
})

test('a session leaves its whole course when it ends', async () => {
  const facts: EngineFact[] = []
  engine.onFact(fact => facts.push(fact))
  const { consumer, peer } = await play()
  const first = packetsOf(peer)[0]!
  const report = { ...{ ssrc: first.ssrc, fractionLost: 64, lostCount: 1, highestSequence: 9, jitter: 0 } }
  const last = { lastSenderReport: 0, delaySinceLastSenderReport: 0 }
  peer.sendRtcp(
    formatRtcp([
      { type: 'RR', ssrc: 1, reports: [{ ...report, ...last }] },
      { type: 'NACK', ssrc: 1, mediaSsrc: first.ssrc, sequenceNumbers: [first.sequenceNumber] },
    ]),
  )
  await until('the report to be heard', () => consumer.session.sent[0]?.lostShare === 0.25)
  consumer.close()
  await until('the end to be told', () => facts.some(({ type }) => type === 'ConsumerLeft'))
  const fact = facts.find(one => one.type === 'ConsumerLeft')
  const session = fact?.type === 'ConsumerLeft' ? fact.session : undefined
  expect(session).toMatchObject({
    ...{ protocol: 'webrtc', offeredBy: 'peer', received: [] },
    lines: [{ mid: '0', direction: 'recvonly', sends: 'H264' }, { mid: '1' }, { mid: '2' }],
    ways: { role: 'controlled', selections: [{ protocol: 'udp', address: '127.0.0.1' }] },
    sent: [{ mid: '0', codec: 'H264', missed: 1, resent: 1, lostShare: 0.25, keyframeRequests: 0 }],
    notes: [{ code: 'packets_lost' }],
  })
  const { begunAt, selectedAt, connectedAt, sent, ways } = session!
  const { firstPacketAt, firstKeyframeAt, packets } = sent[0]!
  const times = [begunAt, selectedAt!, connectedAt!, firstPacketAt!, firstKeyframeAt!]
  expect(times).toEqual([...times].sort((one, other) => one - other))
  expect(packets).toBeGreaterThan(10)
  expect(ways.paths.some(({ outcome }) => outcome === 'answered')).toBe(true)
  // Plain data: what is told can be kept.
  expect(JSON.parse(JSON.stringify(session))).toEqual(session)
})

test('a viewer that never connects holds its source until it is given up', async () => {
  const consumer = await ask()
  await consumer.answer(true)
  expect(engine.streamByName('demo')?.consumers).toHaveLength(1)
  consumer.close()
  await until('the stream to be left', () => engine.streamByName('demo')?.consumers.length === 0)
})

test('the answer has candidates where the client wants them, and none where they are told one by one', async () => {
  const consumer = await ask()
  expect(await consumer.answer(false)).not.toContain('a=candidate')
  const told: string[] = []
  consumer.tellCandidates(one => told.push(one))
  expect(await consumer.answer(true)).toContain(`a=${told[0]}`)
})

test('without a codec in common it says what there is on both sides', async () => {
  const without = chromiumOffer.replaceAll('H264', 'H266')
  await expect(ask(without)).rejects.toThrow(/codecs not matched: video:H264.*VP8/)
})

test('rubbish for candidates is passed over', async () => {
  const consumer = await ask()
  for (const text of [
    '',
    'candidate:',
    'x'.repeat(100_000),
    'candidate:1 1 udp 1 a.local 5 typ host',
    'candidate:1 1 udp 1 127.0.0.1 99999999 typ host',
  ])
    consumer.addCandidate(text)
  expect(await consumer.answer(true)).toContain('m=video 9')
})
