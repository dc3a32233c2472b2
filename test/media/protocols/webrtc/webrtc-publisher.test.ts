import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEngine, type Engine, type EngineFact, parseRemoteDescription, type WebRtcPublisher } from '#media'
import { formatMedia } from '#media/core/media.ts'
import { parseRtcp } from '#media/rtp/rtcp-packet.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { until } from '#test/helpers/until.ts'
import { chromiumOffer, publishingOffer, targetOf } from '#test/helpers/web-rtc-offers.ts'
import { peerFingerprint, WebRtcPeer } from '#test/helpers/web-rtc-peer.ts'

let engine: Engine
let port: number
let held: DisposableStack

beforeEach(async () => {
  held = new DisposableStack()
  engine = createEngine({ rtsp: { listen: '' }, webrtc: { listen: '127.0.0.1:0' } })
  engine.setStream({ id: '1', name: 'studio', sources: [] })
  const listener = (await engine.listen()).find(({ name }) => name === 'webrtc')
  port = Number(listener?.address.split(':')[1])
})

afterEach(async () => {
  held.dispose()
  await engine[Symbol.asyncDispose]()
})

const offer = async (change: (text: string) => string = text => text): Promise<WebRtcPublisher> =>
  engine.publishWebRtc('studio', {
    offer: parseRemoteDescription(change(publishingOffer(await peerFingerprint()))),
    ...{ formatName: 'webrtc/whip', protocol: 'http', remoteAddress: '127.0.0.1:9', userAgent: 'test' },
  })

const connect = async () => {
  const publisher = await offer()
  const answer = await publisher.answer(true)
  const peer = held.use(await WebRtcPeer.connect(port, targetOf(answer)))
  await until('the stream to have it', () => engine.streamByName('studio')?.sources[0]?.state === 'live')
  return { publisher, answer, peer }
}

const idr = Buffer.from([0x65, 1, 2, 3])
const picture = (peer: WebRtcPeer, number: number): void =>
  peer.sendRtp(
    { ...{ payloadType: 103, ssrc: 1001, sequenceNumber: number }, timestamp: number * 3600, marker: true },
    idr,
  )

test('the answer takes one codec of each m-line: H.264 whatever order it was offered in, sound as the peer likes it', async () => {
  const { answer } = await connect()
  const [, video, audio] = answer.split(/(?=^m=)/m)
  expect(video).toMatch(/^m=video 9 UDP\/TLS\/RTP\/SAVPF 103 104\r\n/)
  expect(video).toContain('a=recvonly')
  expect(video).toContain('a=rtcp-fb:103 nack pli')
  expect(audio).toMatch(/^m=audio 9 UDP\/TLS\/RTP\/SAVPF 111 /)
  expect(audio).toContain('a=sendrecv')
  expect(audio).toContain('a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid')
})

test('what comes is a source of the stream, and is seen by who watches', async () => {
  const { publisher, peer } = await connect()
  expect(publisher.medias.map(formatMedia)).toEqual([
    'video, recvonly, H264',
    'audio, recvonly, OPUS/48000/2',
    'audio, sendonly, OPUS/48000/2, G722/8000, PCMU/8000/1, PCMA/8000/1',
  ])
  const track = publisher.track(publisher.medias[0]!)!
  const seen: number[] = []
  track.attach({ id: 1, push: () => seen.push(1) })
  for (let number = 0; number < 5; number++) picture(peer, number)
  await until('the pictures', () => seen.length === 5)
  await until('a keyframe to be asked for', () =>
    peer.rtcp.some(bytes => parseRtcp(bytes).some(({ type }) => type === 'PLI')),
  )
  await until('a report of what came', () =>
    peer.rtcp.some(bytes =>
      parseRtcp(bytes).some(
        one => one.type === 'RR' && one.reports.some(({ highestSequence }) => highestSequence === 4),
      ),
    ),
  )
  expect(publisher.info).toMatchObject({ formatName: 'webrtc/whip', protocol: 'http+udp' })
})

test('what was lost on the way is asked for', async () => {
  const { peer } = await connect()
  for (const number of [1, 2, 4]) picture(peer, number)
  await until('the third to be asked for', () =>
    peer.rtcp.some(bytes => parseRtcp(bytes).some(one => one.type === 'NACK' && one.sequenceNumbers[0] === 3)),
  )
})

test('somebody may talk back, and is heard on the m-line that takes sound', async () => {
  const { publisher, peer } = await connect()
  const speaker = publisher.medias.find(({ direction }) => direction === 'sendonly')!
  expect(speaker.codecs.map(({ name }) => name)).toEqual(['OPUS', 'G722', 'PCMU', 'PCMA'])
  const { Voice } = await import('#test/helpers/voice.ts')
  const voice = new Voice()
  const pcmu = speaker.codecs.find(({ name }) => name === 'PCMU')!
  const talk = held.use(publisher.talk(speaker, pcmu, voice.track)!)
  await until('a word', () => {
    voice.say(7)
    return peer.rtp.length > 0
  })
  expect(RtpPacket.parse(peer.rtp[0]!)).toMatchObject({ payloadType: 0 })
  expect(RtpPacket.parse(peer.rtp[0]!).payload).toEqual(Buffer.alloc(160, 7))
  expect(talk.sentCount).toBeGreaterThan(0)
})

test('who leaves is a source no more, and leaves the course of its session', async () => {
  const facts: EngineFact[] = []
  engine.onFact(fact => facts.push(fact))
  const { publisher, peer } = await connect()
  peer[Symbol.dispose]()
  publisher.close()
  await until('the stream to be empty', () => engine.streamByName('studio')?.sources.length === 0)
  expect(facts.find(({ type }) => type === 'SourceSessionEnded')).toMatchObject({
    session: {
      lines: [{ receives: 'H264' }, { receives: 'OPUS/48000/2' }, {}],
      received: [{ mid: '0' }, { mid: '1' }],
    },
  })
})

test('who never connects is no source at all', async () => {
  const publisher = await offer()
  await publisher.answer(true)
  expect(engine.streamByName('studio')?.sources).toEqual([])
  publisher.close()
  expect(await publisher.closed).toMatchObject({ code: 'done' })
})

test('who sends nothing that can be taken is told so, as is who means no stream', async () => {
  await expect(
    offer(text => text.replace('a=sendonly', 'a=recvonly').replace('a=sendrecv', 'a=recvonly')),
  ).rejects.toThrow('the offer sends nothing that can be taken')
  const request = { formatName: '', protocol: 'ws', remoteAddress: '', userAgent: '' } as const
  expect(() => engine.publishWebRtc('attic', { offer: parseRemoteDescription(chromiumOffer), ...request })).toThrow()
})
