import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { Consumer } from '#media/core/consumer.ts'
import type { AnyTrack } from '#media/core/track.ts'
import { voiceCodecs } from '#media/protocols/rtsp/player-voice.ts'
import { RtspServer, type RtspServerParts } from '#media/protocols/rtsp/rtsp-server.ts'
import { parseRtcp } from '#media/rtp/rtcp-packet.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { silentLogger } from '#media/runtime/logger.ts'
import { HandFedStream } from '#test/helpers/hand-fed-stream.ts'
import { headerOfAnswer, RtspPlayer } from '#test/helpers/rtsp-player.ts'
import { rtpPacket } from '#test/helpers/scripted-camera.ts'
import { until } from '#test/helpers/until.ts'

const target = 'rtsp://localhost/porch'

const serve = async (stream: HandFedStream, parts: Partial<RtspServerParts> = {}): Promise<RtspServer> => {
  const server = new RtspServer({
    ...{ listen: '127.0.0.1:0', username: '', password: '', defaultQuery: 'video&audio' },
    ...{ packetBytesMax: 0, udp: false, clock: systemClock, logger: silentLogger },
    watch: stream.watch,
    placeFor: () => undefined,
    ...parts,
  })
  await server.listen()
  return server
}

describe('a player that asks for a backchannel', () => {
  test('is offered to say something, and what it says comes as a track', async () => {
    const stream = new HandFedStream()
    const tracks: AnyTrack[] = []
    const watch = async (name: string, consumer: Consumer): Promise<void> => {
      await stream.watch(name, consumer)
      const voice = consumer.medias.find(({ direction }) => direction === 'recvonly')
      tracks.push(consumer.track!(voice!, voiceCodecs.find(codec => codec.name === 'PCMU')!)!)
    }
    using server = await serve(stream, { watch })
    using player = await RtspPlayer.connect(server.port)
    const { body } = await player.ask('DESCRIBE', `${target}?backchannel=1`)
    expect(body.match(/^[ma]=.*$/gm)?.slice(-4)).toEqual([
      ...['m=audio 0 RTP/AVP 98', 'a=rtpmap:98 PCMU/16000', 'a=sendonly', 'a=control:trackID=2'],
    ])
    const setUp = await player.ask('SETUP', `${target}/trackID=2`, [['Transport', 'RTP/AVP/TCP;interleaved=0-1']])
    expect(headerOfAnswer(setUp, 'Transport')).toBe('RTP/AVP/TCP;unicast;interleaved=4-5')
    await player.ask('PLAY', target)
    const heard: string[] = []
    const push = (group: { readonly packets: readonly RtpPacket[] }): void => {
      heard.push(String(group.packets[0]!.payload))
    }
    tracks[0]!.attach({ id: 1, push } as never)
    player.send(4, rtpPacket(98, 1, Buffer.from('hello')))
    player.send(0, rtpPacket(98, 1, Buffer.from('on a channel that is not for it')))
    player.send(4, rtpPacket(98, 2, Buffer.from('there')))
    await until('both words have come', () => heard.length === 2)
    expect(heard).toEqual(['hello', 'there'])
    expect(stream.consumers[0]!.info.bytesReceived).toBeGreaterThan(0)
  })

  test('is offered nothing where it does not ask', async () => {
    const stream = new HandFedStream()
    using server = await serve(stream)
    using player = await RtspPlayer.connect(server.port)
    await player.ask('DESCRIBE', target)
    expect(stream.consumers[0]!.medias.map(({ direction }) => direction)).toEqual(['sendonly', 'sendonly'])
  })
})

test('a player says which source it is part of, and how large its packets may be', async () => {
  const stream = new HandFedStream()
  using server = await serve(stream)
  using player = await RtspPlayer.connect(server.port)
  await player.ask('DESCRIBE', `${target}?video&source=${encodeURIComponent('ffmpeg:porch#audio=opus')}`)
  expect(stream.consumers[0]!.source).toBe('ffmpeg:porch#audio=opus')
  expect(stream.consumers[0]!.info.source).toBe('ffmpeg:porch#audio=opus')
})

describe('datagrams', () => {
  const ports = async () => {
    const sockets = [createSocket('udp4'), createSocket('udp4')] as const
    for (const socket of sockets) await once(socket.bind(0, '127.0.0.1'), 'listening')
    const transport = `RTP/AVP;unicast;client_port=${sockets[0].address().port}-${sockets[1].address().port}`
    return { sockets, headers: [['Transport', transport]] as const }
  }

  test('are refused unless the configuration allows them', async () => {
    using server = await serve(new HandFedStream())
    using player = await RtspPlayer.connect(server.port)
    const { sockets, headers } = await ports()
    await player.ask('DESCRIBE', target)
    expect(await player.ask('SETUP', `${target}/trackID=0`, headers)).toMatchObject({ status: 461 })
    for (const socket of sockets) socket.close()
  })

  test('carry packets and reports where they are allowed', async () => {
    const stream = new HandFedStream()
    using server = await serve(stream, { udp: true })
    using player = await RtspPlayer.connect(server.port)
    const { sockets, headers } = await ports()
    const got: Buffer[] = []
    const reports: Buffer[] = []
    sockets[0].on('message', bytes => got.push(bytes))
    sockets[1].on('message', bytes => reports.push(bytes))
    await player.ask('DESCRIBE', target)
    const answer = await player.ask('SETUP', `${target}/trackID=0`, headers)
    expect(headerOfAnswer(answer, 'Transport')).toMatch(/^RTP\/AVP;unicast;client_port=\d+-\d+;server_port=\d+-\d+$/)
    expect(stream.consumers[0]!.info.protocol).toBe('rtsp+udp')
    await player.ask('PLAY', target)
    stream.push(0, 'picture')
    await until('the packet and the report have come', () => got.length === 1 && reports.length === 1)
    expect(RtpPacket.parse(got[0]!)).toMatchObject({ payloadType: 96, marker: true })
    expect(String(RtpPacket.parse(got[0]!).payload)).toBe('picture')
    expect(parseRtcp(reports[0]!).map(({ type }) => type)).toEqual(['SR', 'SDES'])
    for (const socket of sockets) socket.close()
  })

  test('are not sent to a port that there cannot be', async () => {
    const stream = new HandFedStream()
    using server = await serve(stream, { udp: true })
    using player = await RtspPlayer.connect(server.port)
    const { sockets } = await ports()
    const got: Buffer[] = []
    sockets[0].on('message', bytes => got.push(bytes))
    await player.ask('DESCRIBE', target)
    const transport = `RTP/AVP;unicast;client_port=${sockets[0].address().port}-0`
    await player.ask('SETUP', `${target}/trackID=0`, [['Transport', transport]])
    await player.ask('PLAY', target)
    stream.push(0, 'picture')
    await until('the packet has come, without a report', () => got.length === 1)
    for (const socket of sockets) socket.close()
  })

  test.each([
    'RTP/AVP;multicast;port=5000-5001',
    'RTP/AVP;unicast',
    'RTP/AVP;unicast;client_port=0-1',
    'RTP/AVP;unicast;client_port=99999-1',
    'RAW/RAW/UDP;unicast;client_port=5000-5001',
  ])('are refused where nobody could be sent any: %s', async transport => {
    using server = await serve(new HandFedStream(), { udp: true })
    using player = await RtspPlayer.connect(server.port)
    await player.ask('DESCRIBE', target)
    const answer = await player.ask('SETUP', `${target}/trackID=0`, [['Transport', transport]])
    expect(answer).toMatchObject({ status: 461 })
  })
})
