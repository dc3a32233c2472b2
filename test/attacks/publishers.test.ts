import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mseViewer } from '#media/protocols/mp4/mse-viewer.ts'
import { BesiegedEngine } from '#test/helpers/besieged-engine.ts'
import { CountingSink } from '#test/helpers/counting-sink.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { h264Sdp, numberedPicture } from '#test/helpers/numbered-camera.ts'
import { RtspPlayer } from '#test/helpers/rtsp-player.ts'
import { until } from '#test/helpers/until.ts'

let clock: HeldClock
let besieged: BesiegedEngine
beforeEach(async () => {
  clock = new HeldClock()
  besieged = await BesiegedEngine.start({ clock })
  besieged.engine.setStream({ id: 'victim', name: 'victim', sources: [] })
})
afterEach(() => besieged[Symbol.asyncDispose]())

const published = () => besieged.engine.streamByName('victim')!.sources.filter(({ state }) => state === 'live')
const track = (index: number): string =>
  `m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:streamid=${index}\r\n`
const tracks = (count: number): string => `v=0\r\n${Array.from({ length: count }, (_, index) => track(index)).join('')}`

describe('a description that is announced is refused when', () => {
  test.each([
    ['there is none', ''],
    ['it is no description', 'x'.repeat(60_000)],
    ['it has no tracks', 'v=0\r\n'],
    ['it has a hundred tracks', tracks(100)],
    ['its tracks have no formats', 'v=0\r\nm=video 0 RTP/AVP\r\n'],
    ['its clock stands still', h264Sdp.replace('/90000', '/0')],
    ['its clock goes back', h264Sdp.replace('/90000', '/-90000')],
    ['it is of another kind', 'v=0\r\nm=application 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n'],
  ])('%s', async (_name, sdp) => {
    using client = await RtspPlayer.connect(besieged.port)
    const answer = await client.ask('ANNOUNCE', besieged.address(), [['Content-Type', 'application/sdp']], sdp)
    expect(answer.status).toBe(400)
    expect(published()).toEqual([])
    client[Symbol.dispose]()
    await besieged.over()
  })
})

describe('somebody who publishes', () => {
  test('has eight tracks, whatever it announces', async () => {
    using client = await RtspPlayer.connect(besieged.port)
    expect(await client.publish(besieged.address(), tracks(32))).toMatchObject({ status: 200 })
    expect(published()[0]!.connection!.medias).toHaveLength(8)
    client[Symbol.dispose]()
    await besieged.over()
  })

  test.each<[string, (index: number) => readonly [channel: number, bytes: Buffer]]>([
    ['rubbish', index => [index % 2, Buffer.alloc(index % 1000, index)]],
    ['frames as long as they may be', () => [0, Buffer.alloc(65_535, 0x80)]],
    ['frames on channels that it did not set up', index => [2 + (index % 254), Buffer.alloc(900)]],
    ['frames of nothing', index => [index % 256, Buffer.alloc(0)]],
  ])('%s harms nobody', async (_name, make) => {
    using client = await RtspPlayer.connect(besieged.port)
    await client.publish(besieged.address(), h264Sdp)
    const sink = new CountingSink()
    await besieged.engine.watch('victim', mseViewer({ codecs: '', remoteAddress: '', userAgent: 'viewer', sink }))
    for (let index = 0; index < 2000; index++) client.send(...make(index))
    await besieged.unharmed()
    let count = 0
    await until('its pictures go on', () => {
      client.socket.write(numberedPicture(++count))
      return sink.messageCount > 3
    })
    client[Symbol.dispose]()
    await besieged.over()
  })

  test('and nothing any more is let go after fifteen seconds', async () => {
    using client = await RtspPlayer.connect(besieged.port)
    await client.publish(besieged.address(), h264Sdp)
    expect(published()).toHaveLength(1)
    await clock.advance(21_000)
    await client.closed
    await until('it is gone', () => published().length === 0)
    await besieged.over()
  })

  test('at two hundred places at once leaves nothing behind', async () => {
    const clients = await Promise.all(Array.from({ length: 200 }, () => RtspPlayer.connect(besieged.port)))
    await Promise.all(clients.map(client => client.publish(besieged.address(), h264Sdp)))
    expect(published()).toHaveLength(200)
    for (const client of clients) client.socket.resetAndDestroy()
    await until('they are gone', () => published().length === 0)
    await besieged.over()
  })

  test('and then wants to watch, or somebody who watches and wants to publish, may not', async () => {
    using client = await RtspPlayer.connect(besieged.port)
    await client.publish(besieged.address(), h264Sdp)
    expect(await client.ask('DESCRIBE', besieged.address())).toMatchObject({ status: 455 })
    expect(await client.ask('PLAY', besieged.address())).toMatchObject({ status: 455 })
    using other = await RtspPlayer.connect(besieged.port)
    await other.play(besieged.address())
    expect(
      await other.ask('ANNOUNCE', besieged.address(), [['Content-Type', 'application/sdp']], h264Sdp),
    ).toMatchObject({
      status: 455,
    })
    client[Symbol.dispose]()
    other[Symbol.dispose]()
    await besieged.over()
  })

  test('where nobody waits for it is told so, whatever it calls the place', async () => {
    for (const name of [
      'nobody',
      '',
      '../../etc/passwd',
      '%2e%2e/%2e%2e',
      '__proto__',
      'constructor',
      'x'.repeat(50_000),
    ]) {
      using client = await RtspPlayer.connect(besieged.port)
      expect(await client.publish(besieged.address(name), h264Sdp)).toMatchObject({ status: 404 })
    }
    await besieged.over()
  })
})
