import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mseViewer } from '#media/protocols/mp4/mse-viewer.ts'
import { BesiegedEngine } from '#test/helpers/besieged-engine.ts'
import { heldBytes } from '#test/helpers/collected-garbage.ts'
import { CountingSink } from '#test/helpers/counting-sink.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { HostileCamera } from '#test/helpers/hostile-camera.ts'
import { h264Sdp } from '#test/helpers/numbered-camera.ts'
import { rtpPacket } from '#test/helpers/rtp-packets.ts'
import { RtspPlayer } from '#test/helpers/rtsp-player.ts'
import { frame } from '#test/helpers/scripted-camera.ts'
import { until } from '#test/helpers/until.ts'

const MIB = 1024 * 1024
/** What a sender lets wait, what a unit may add, and the pictures a browser begins with. */
const PENDING_BYTES_MAX = 2 * MIB
const PACKET_BYTES = 1400
const PACKETS = 64
const CROWD = 20

let clock: HeldClock
let besieged: BesiegedEngine
beforeEach(async () => {
  clock = new HeldClock()
  besieged = await BesiegedEngine.start({ clock, rtsp: { udp: true } })
})
afterEach(() => besieged[Symbol.asyncDispose]())

/** Keyframes of 64 packets, from a number on. */
const pictures = function* (first: number, count: number): Iterable<Buffer> {
  for (let picture = first; picture < first + count; picture++) {
    for (let piece = 0; piece < PACKETS; piece++) {
      const payload = Buffer.alloc(PACKET_BYTES, 1)
      payload.set([0x65, piece === 0 ? 0x88 : 0x08])
      const sequenceNumber = (picture * PACKETS + piece) & 0xffff
      const marker = piece === PACKETS - 1
      yield frame(0, rtpPacket({ payload, marker, sequenceNumber, timestamp: picture * 3600, ssrc: 5 }).buffer)
    }
  }
}

const browsing = async (sink: CountingSink): Promise<CountingSink> => {
  await besieged.engine.watch('victim', mseViewer({ codecs: '', remoteAddress: '', userAgent: 'browser', sink }))
  return sink
}

const consumers = () => besieged.engine.streamByName('victim')!.consumers

describe('viewers that never read', () => {
  test('cost a bounded memory, are let go, and nobody else misses anything', { timeout: 60_000 }, async () => {
    await using camera = await HostileCamera.start(h264Sdp)
    const witness = await besieged.watch([camera.source])
    await camera.played()
    const stuck: CountingSink[] = []
    const players: RtspPlayer[] = []
    for (let count = 0; count < CROWD; count++) {
      stuck.push(await browsing(new CountingSink(false)))
      const player = await RtspPlayer.connect(besieged.port)
      await player.play(`${besieged.address()}?video${count % 2 === 0 ? '&pkt_size=600' : ''}`)
      player.socket.pause()
      players.push(player)
    }
    expect(consumers()).toHaveLength(2 * CROWD + 1)
    const before = heldBytes()
    await camera.pour(pictures(0, 1000))
    await until('the good one has seen all of it', () => witness.sink.messageCount >= 1000)
    expect(Math.max(...stuck.map(({ pendingBytes }) => pendingBytes))).toBeLessThan(PENDING_BYTES_MAX)
    expect(heldBytes() - before).toBeLessThan(2 * CROWD * PENDING_BYTES_MAX)
    const drops = consumers().map(({ senders }) => senders[0]!.drops)
    expect(drops.filter(count => count === 0)).toHaveLength(1)
    // They had ten seconds.
    await clock.advance(11_000)
    await camera.pour(pictures(1000, 10))
    await until('only the good one is left', () => consumers().length === 1)
    expect(stuck.every(({ ended }) => ended)).toBe(true)
    // One message begins it.
    await until('it has missed nothing', () => witness.sink.messageCount === 1011)
    for (const player of players) player[Symbol.dispose]()
    await besieged.over()
  })

  test('by datagrams are let go when they have said nothing for a minute', async () => {
    using player = await RtspPlayer.connect(besieged.port)
    await player.ask('DESCRIBE', besieged.address('good'))
    const setUp = await player.ask('SETUP', `${besieged.address('good')}/trackID=0`, [
      ['Transport', 'RTP/AVP;unicast;client_port=9-10'],
    ])
    expect(setUp.status).toBe(200)
    await player.ask('PLAY', besieged.address('good'))
    for (let times = 0; times < 4; times++) {
      await besieged.unharmed()
      await clock.advance(20_000)
    }
    await player.closed
    await besieged.over()
  })

  test('and never say anything are let go as well', async () => {
    const silent = await Promise.all(Array.from({ length: 50 }, () => RtspPlayer.connect(besieged.port)))
    for (const [index, player] of silent.entries()) player.socket.write('OPTIONS rtsp://x RTSP/1.0\r\n'.slice(0, index))
    for (let times = 0; times < 4; times++) {
      await besieged.unharmed()
      await clock.advance(20_000)
    }
    await Promise.all(silent.map(({ closed }) => closed))
    await besieged.over()
  })
})

describe('a client that', () => {
  const request = (method: string, headers = ''): string =>
    `${method} rtsp://x/good RTSP/1.0\r\nCSeq: 1\r\n${headers}\r\n`
  const blanks = ' '.repeat(60_000)
  test.each<[string, string | Buffer]>([
    ['says rubbish', Buffer.alloc(MIB, 0x8b)],
    ['has a header of 10 MB', `OPTIONS * RTSP/1.0\r\nX: ${'a'.repeat(10 * MIB)}`],
    ['has 100 000 headers', `OPTIONS * RTSP/1.0\r\n${'X: a\r\n'.repeat(100_000)}\r\n`],
    ['has a body of a megabyte', `${request('OPTIONS', 'Content-Length: 1048576\r\n')}`],
    ['asks in another version', 'OPTIONS * RTSP/9.0\r\n\r\n'],
    ['asks without a target', 'OPTIONS\r\n\r\n'],
    ['asks for what is not there', request('DESCRIBE').replaceAll('good', 'nobody')],
    ['asks for a name of 60 KB', request('DESCRIBE').replace('good', 'x'.repeat(60_000))],
    ['asks while it waits', request('DESCRIBE').repeat(100).replaceAll('good', 'never')],
  ])('%s is let go', async (_name, bytes) => {
    await using camera = await HostileCamera.start(h264Sdp, { DESCRIBE: () => undefined })
    besieged.engine.setStream({ id: 'v', name: 'never', sources: [besieged.engine.checkSource(camera.source)] })
    using client = await RtspPlayer.connect(besieged.port)
    client.socket.pause()
    client.socket.write(bytes)
    await besieged.unharmed()
    client.socket.resume()
    // What is waiting for a camera waits as long as that does.
    await clock.advance(5_000)
    await until('the connection to end', () => client.socket.closed)
    besieged.engine.removeStream('v')
    await besieged.over()
  })

  test.each<[string, string]>([
    ['fills its transport with blanks', request('SETUP', `Transport: RTP/AVP/TCP;a=${blanks}x"y"z\r\n`)],
    ['fills its password with blanks', request('OPTIONS', `Authorization: Digest${blanks}!\r\n`)],
    ['sets up ten thousand times', request('SETUP', 'Transport: RTP/AVP;client_port=9-10\r\n').repeat(10)],
    ['plays before it has set anything up', request('PLAY').repeat(100)],
    ["ends another's session", request('TEARDOWN', 'Session: 12345678\r\n').replace('TEARDOWN', 'PAUSE')],
    ['sends frames before it has set anything up', `$\0\xff\xff${'x'.repeat(65_535)}`.repeat(10)],
  ])('%s is answered', async (_name, bytes) => {
    using client = await RtspPlayer.connect(besieged.port)
    client.socket.write(bytes, 'latin1')
    client.say('OPTIONS', '*')
    await until('an answer', () => client.socket.bytesRead > 0)
    await besieged.unharmed()
    client[Symbol.dispose]()
    await besieged.over()
  })

  test('asks 400 000 times and never reads is let go', async () => {
    using client = await RtspPlayer.connect(besieged.port)
    client.socket.pause()
    client.socket.write(request('OPTIONS').repeat(400_000))
    const told = (): boolean => besieged.logger.lines.some(line => line.includes('bytes the player has not read'))
    await until('it is let go', told)
    client.socket.resume()
    await client.closed
    await besieged.over()
  })

  test('sets up again and again holds one pair of ports', async () => {
    using client = await RtspPlayer.connect(besieged.port)
    await client.ask('DESCRIBE', besieged.address('good'))
    for (let times = 0; times < 200; times++)
      await client.ask('SETUP', `${besieged.address('good')}/trackID=0`, [['Transport', 'RTP/AVP;client_port=9-10']])
    const bound = process.getActiveResourcesInfo().filter(name => name === 'UDPWrap')
    expect(bound.length).toBeLessThanOrEqual(4)
    client[Symbol.dispose]()
    await besieged.over()
  })

  test('floods with reports, and plays, hears and harms nothing', async () => {
    using client = await RtspPlayer.connect(besieged.port)
    await client.play(besieged.address('good'))
    const nack = Buffer.from('81cd00030000000100000001ffffffff', 'hex')
    for (let times = 0; times < 20_000; times++)
      client.send(times % 256, times % 3 === 0 ? nack : Buffer.alloc(times % 90, 0xce))
    await besieged.unharmed()
    await client.gotFrames(3)
    client[Symbol.dispose]()
    await besieged.over()
  })
})
