import { describe, expect, test } from 'vitest'
import type { Producer } from '#media/core/producer.ts'
import type { AnyTrack } from '#media/core/track.ts'
import { RtspServer } from '#media/protocols/rtsp/rtsp-server.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { silentLogger } from '#media/runtime/logger.ts'
import type { PublicationPlace } from '#media/streams/stream.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HandFedStream } from '#test/helpers/hand-fed-stream.ts'
import { RtspPlayer } from '#test/helpers/rtsp-player.ts'
import { h264AndPcmuSdp, rtpPacket } from '#test/helpers/scripted-camera.ts'
import { until } from '#test/helpers/until.ts'

const target = 'rtsp://localhost/porch'
const sdp = [['Content-Type', 'application/sdp']] as const

/** A server where one may publish to `porch`. */
class Scene implements Disposable {
  readonly published: Producer[] = []
  readonly heard: string[] = []
  readonly server = new RtspServer({
    ...{ listen: '127.0.0.1:0', username: '', password: '', defaultQuery: 'video&audio' },
    ...{ packetBytesMax: 0, udp: false, clock: systemClock, logger: silentLogger },
    watch: new HandFedStream().watch,
    placeFor: path => (path === 'porch' ? this.#place() : undefined),
  })

  async publisher(): Promise<RtspPlayer> {
    if (this.server.port === 0) await this.server.listen()
    return RtspPlayer.connect(this.server.port)
  }

  #place(): PublicationPlace {
    return { context: dialContext(), take: producer => this.#take(producer) }
  }

  #take(producer: Producer): void {
    this.published.push(producer)
    for (const media of producer.medias) {
      const track: AnyTrack = producer.track(media)!
      const push = (group: { readonly packets: readonly { readonly payload: Buffer }[] }): void => {
        for (const { payload } of group.packets) this.heard.push(`${media.kind}:${payload}`)
      }
      track.attach({ id: 1, push } as never)
    }
  }

  [Symbol.dispose](): void {
    this.server.close()
  }
}

describe('somebody who publishes', () => {
  test('feeds the stream of that name with what it announced', async () => {
    using scene = new Scene()
    using publisher = await scene.publisher()
    expect(await publisher.publish(`${target}?timeout=30`, h264AndPcmuSdp)).toMatchObject({ status: 200 })
    publisher.send(0, rtpPacket(96, 1, Buffer.from('\x65picture')))
    publisher.send(2, rtpPacket(0, 1, Buffer.from('sound')))
    await until('both have come', () => scene.heard.length === 2)
    expect(scene.heard).toEqual(['video:\x65picture', 'audio:sound'])
    expect(scene.published[0]!.info).toMatchObject({
      ...{ formatName: 'rtsp', protocol: 'rtsp+tcp', url: `${target}?timeout=30`, sdp: h264AndPcmuSdp },
    })
    expect(scene.published[0]!.medias.map(({ direction }) => direction)).toEqual(['recvonly', 'recvonly'])
  })

  test('gets the channels it asks for, or others where those are taken', async () => {
    using scene = new Scene()
    using publisher = await scene.publisher()
    await publisher.ask('ANNOUNCE', target, sdp, h264AndPcmuSdp)
    const asked = [['Transport', 'RTP/AVP/TCP;unicast;interleaved=4-5;mode=record']] as const
    const first = await publisher.ask('SETUP', `${target}/trackID=0`, asked)
    const second = await publisher.ask('SETUP', `${target}/trackID=1`, asked)
    expect(first.headers).toContainEqual(['Transport', 'RTP/AVP/TCP;unicast;interleaved=4-5'])
    expect(second.headers).toContainEqual(['Transport', 'RTP/AVP/TCP;unicast;interleaved=2-3'])
    expect(await publisher.ask('SETUP', `${target}/trackID=2`, asked)).toMatchObject({ status: 400 })
  })

  test('offers only what it has set up', async () => {
    using scene = new Scene()
    using publisher = await scene.publisher()
    await publisher.ask('ANNOUNCE', target, sdp, h264AndPcmuSdp)
    await publisher.ask('SETUP', `${target}/trackID=1`, [['Transport', 'RTP/AVP/TCP;interleaved=0-1']])
    await publisher.ask('RECORD', target)
    expect(scene.published[0]!.medias.map(({ kind }) => kind)).toEqual(['audio'])
  })

  test('that leaves ends its producer, and a producer that is closed ends it', async () => {
    using scene = new Scene()
    using first = await scene.publisher()
    await first.publish(target, h264AndPcmuSdp)
    first.socket.destroy()
    expect(await scene.published[0]!.closed).toMatchObject({ code: 'closed_by_peer' })
    using second = await scene.publisher()
    await second.publish(target, h264AndPcmuSdp)
    scene.published[1]!.close({ code: 'stream_removed', message: '' })
    await second.closed
  })

  test.each([
    ['where there is nothing of that name', 'rtsp://localhost/garden', sdp, h264AndPcmuSdp, 404],
    ['with a description of another kind', target, [['Content-Type', 'text/plain']] as const, h264AndPcmuSdp, 415],
    ['without a description', target, sdp, '', 400],
    ['with a description that is none', target, sdp, 'hello', 400],
    ['with no format', target, sdp, 'v=0\r\nm=video 0 RTP/AVP 96\r\n', 400],
    ['with ten thousand medias', target, sdp, `v=0\r\n${'m=video 0 RTP/AVP 96\r\n'.repeat(2_000)}`, 400],
    ['with a clock of 0 Hz', target, sdp, 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/0\r\n', 400],
  ])('is refused %s', async (_name, url, headers, body, status) => {
    using scene = new Scene()
    using publisher = await scene.publisher()
    expect(await publisher.ask('ANNOUNCE', url, headers, body)).toMatchObject({ status })
    expect(scene.published).toEqual([])
  })

  test('is told that datagrams are not taken, and may go on', async () => {
    using scene = new Scene()
    using publisher = await scene.publisher()
    await publisher.ask('ANNOUNCE', target, sdp, h264AndPcmuSdp)
    const udp = [['Transport', 'RTP/AVP;unicast;client_port=5000-5001;mode=record']] as const
    expect(await publisher.ask('SETUP', `${target}/trackID=0`, udp)).toMatchObject({ status: 461 })
    expect(await publisher.ask('RECORD', target)).toMatchObject({ status: 455 })
    expect(await publisher.ask('SETUP', `${target}/trackID=0`, [['Transport', 'RTP/AVP/TCP']])).toMatchObject({
      status: 200,
    })
  })

  test('that sends rubbish on its channels harms nobody', async () => {
    using scene = new Scene()
    using publisher = await scene.publisher()
    await publisher.publish(target, h264AndPcmuSdp)
    publisher.send(0, Buffer.from('rubbish'))
    publisher.send(77, rtpPacket(96, 1, Buffer.from('elsewhere')))
    publisher.send(2, rtpPacket(0, 1, Buffer.from('sound')))
    await until('the sound has come', () => scene.heard.length === 1)
    expect(scene.heard).toEqual(['audio:sound'])
  })
})
