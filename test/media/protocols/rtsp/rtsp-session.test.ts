import { networkInterfaces } from 'node:os'
import { describe, expect, test } from 'vitest'
import { formatBasic } from '#media/net/authentication.ts'
import { RtspServer, type RtspServerParts } from '#media/protocols/rtsp/rtsp-server.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { HandFedStream, h264, pcmu } from '#test/helpers/hand-fed-stream.ts'
import { RecordingLogger } from '#test/helpers/recording-logger.ts'
import { headerOfAnswer, RtspPlayer } from '#test/helpers/rtsp-player.ts'
import { until } from '#test/helpers/until.ts'

const target = 'rtsp://localhost/porch'
const tcp = [['Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1']] as const

class Scene implements Disposable {
  readonly stream: HandFedStream
  readonly logger = new RecordingLogger()
  readonly server: RtspServer
  readonly #players: RtspPlayer[] = []

  constructor(parts: Partial<RtspServerParts> = {}, stream = new HandFedStream()) {
    this.stream = stream
    this.server = new RtspServer({
      listen: '127.0.0.1:0',
      username: '',
      password: '',
      defaultQuery: 'video&audio',
      packetBytesMax: 0,
      udp: false,
      clock: systemClock,
      logger: this.logger,
      watch: stream.watch,
      placeFor: () => undefined,
      ...parts,
    })
  }

  async player(host = '127.0.0.1'): Promise<RtspPlayer> {
    if (this.server.port === 0) await this.server.listen()
    const player = await RtspPlayer.connect(this.server.port, host)
    this.#players.push(player)
    return player
  }

  [Symbol.dispose](): void {
    for (const player of this.#players) player[Symbol.dispose]()
    this.server.close()
  }
}

describe('a player', () => {
  test('is told what it may ask', async () => {
    using scene = new Scene()
    const answer = await (await scene.player()).ask('OPTIONS', target)
    expect(answer).toMatchObject({ status: 200, reason: 'OK', body: '' })
    expect(answer.headers).toEqual([
      ['CSeq', '1'],
      ['Public', 'OPTIONS, SETUP, TEARDOWN, DESCRIBE, PLAY, PAUSE, ANNOUNCE, RECORD'],
    ])
  })

  test('is told of the tracks', async () => {
    using scene = new Scene()
    const answer = await (await scene.player()).ask('DESCRIBE', target, [['User-Agent', 'player/1']])
    expect(answer.headers).toEqual([
      ['CSeq', '1'],
      ['Content-Type', 'application/sdp'],
      ['Content-Length', String(answer.body.length)],
    ])
    expect(answer.body).toMatch(/^v=0\r\no=- 1 1 IN IP4 0\.0\.0\.0\r\ns=go2rtc\/1\.9\.14\r\n/)
    expect(answer.body.match(/^[ma]=.*$/gm)).toEqual([
      'm=video 0 RTP/AVP 96',
      'a=rtpmap:96 H264/90000',
      'a=fmtp:96 packetization-mode=1',
      'a=recvonly',
      'a=control:trackID=0',
      'm=audio 0 RTP/AVP 97',
      'a=rtpmap:97 PCMU/8000',
      'a=recvonly',
      'a=control:trackID=1',
    ])
    expect(scene.stream.consumers[0]?.info).toMatchObject({ userAgent: 'player/1', sdp: answer.body })
  })

  test('sets tracks up on channels of ours, in one session', async () => {
    using scene = new Scene()
    const player = await scene.player()
    await player.ask('DESCRIBE', target)
    const first = await player.ask('SETUP', `${target}/trackID=1`, tcp)
    const second = await player.ask('SETUP', `${target}/trackID=0`, [['Transport', 'RTP/AVP/TCP;interleaved=8-9']])
    expect(headerOfAnswer(first, 'Transport')).toBe('RTP/AVP/TCP;unicast;interleaved=2-3')
    expect(headerOfAnswer(second, 'Transport')).toBe('RTP/AVP/TCP;unicast;interleaved=0-1')
    expect(headerOfAnswer(first, 'Session')).toMatch(/^\d{8};timeout=60$/)
    expect(headerOfAnswer(second, 'Session')).toBe(headerOfAnswer(first, 'Session'))
    const played = await player.ask('PLAY', target)
    expect(headerOfAnswer(played, 'Session')).toBe(headerOfAnswer(first, 'Session')?.slice(0, 8))
  })

  test('gets packets once it plays, and after its answer', async () => {
    using scene = new Scene()
    const player = await scene.player()
    await player.play(target)
    scene.stream.push(1, 'sound')
    scene.stream.push(0, 'picture')
    await player.gotFrames(2)
    expect(player.frames.map(({ channel, payload }) => `${channel}:${RtpPacket.parse(payload).payload}`)).toEqual([
      '2:sound',
      '0:picture',
    ])
  })

  test('that wants one track gets one track', async () => {
    using scene = new Scene()
    const player = await scene.player()
    await player.play(`${target}?audio`)
    scene.stream.push(0, 'picture')
    scene.stream.push(1, 'sound')
    await player.gotFrames(1)
    expect(player.frames.map(({ channel }) => channel)).toEqual([0])
    expect(scene.stream.tracks[0]?.idle).toBe(true)
  })

  test('that does not say what it wants gets what the server says', async () => {
    using scene = new Scene({ defaultQuery: 'audio' })
    const { body } = await (await scene.player()).ask('DESCRIBE', `${target}?log_level=debug`)
    expect(body.match(/^m=.*$/gm)).toEqual(['m=audio 0 RTP/AVP 96'])
  })

  test('may stop and go on', async () => {
    using scene = new Scene()
    const player = await scene.player()
    await player.play(target)
    expect(await player.ask('PAUSE', target)).toMatchObject({ status: 200 })
    scene.stream.push(1, 'missed')
    expect(await player.ask('PLAY', target)).toMatchObject({ status: 200 })
    scene.stream.push(1, 'heard')
    await player.gotFrames(1)
    expect(RtpPacket.parse(player.frames[0]!.payload).payload.toString()).toBe('heard')
  })

  test.each(['OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER'])('may keep alive by %s while it plays', async method => {
    using scene = new Scene()
    const player = await scene.player()
    await player.play(target)
    const answer = await player.ask(method, target)
    expect(answer.status).toBe(200)
    expect(headerOfAnswer(answer, 'Session')).toMatch(/^\d{8}$/)
  })

  test('may send reports, on any channel, at any time', async () => {
    using scene = new Scene()
    const player = await scene.player()
    player.socket.write(Buffer.from('2401000880c9000100000000', 'hex'))
    player.socket.write(Buffer.from('24ff0000', 'hex'))
    await player.play(target)
    player.socket.write(Buffer.from('2401000880c9000100000000', 'hex'))
    expect(await player.ask('OPTIONS', target)).toMatchObject({ status: 200 })
  })

  test('says goodbye, is answered, and gone', async () => {
    using scene = new Scene()
    const player = await scene.player()
    await player.play(target)
    expect(await player.ask('TEARDOWN', target)).toMatchObject({ status: 200 })
    await player.closed
    expect(scene.stream.idle).toBe(true)
    expect(scene.logger.of('warn')).toEqual([])
  })

  test('that hangs up leaves nothing behind', async () => {
    using scene = new Scene()
    const player = await scene.player()
    await player.play(target)
    player.socket.resetAndDestroy()
    await scene.stream.consumers[0]?.closed
    expect(scene.stream.idle).toBe(true)
  })

  test('is sent away when its stream is', async () => {
    using scene = new Scene()
    const player = await scene.player()
    await player.play(target)
    scene.stream.consumers[0]?.close({ code: 'stream_removed', message: 'the stream was removed' })
    await player.closed
  })
})

describe('a stream', () => {
  test.each([
    ['that is not there', 'rtsp://localhost/nowhere'],
    ['without a name', 'rtsp://localhost'],
    ['without what is wanted', `${target}?video=h265`],
  ])('%s is not found, and the connection ends', async (_name, wrong) => {
    using scene = new Scene()
    const player = await scene.player()
    expect(await player.ask('DESCRIBE', wrong)).toMatchObject({ status: 404, reason: 'Not Found' })
    await player.closed
    expect(scene.stream.idle).toBe(true)
  })

  test.each([
    ['porch', 'porch'],
    ['garden/gate', 'garden/gate'],
    ['test_cam%231', 'test_cam%231'],
    ['test_cam#1', 'test_cam%231'],
    ['Küche', 'K%C3%BCche'],
  ])('called %s is found at %s', async (name, path) => {
    using scene = new Scene({}, new HandFedStream([h264, pcmu], name))
    expect(await (await scene.player()).ask('DESCRIBE', `rtsp://localhost/${path}`)).toMatchObject({ status: 200 })
  })

  test('that takes long to come may be waited for', async () => {
    using scene = new Scene()
    const ready = Promise.withResolvers<void>()
    scene.stream.ready = ready.promise
    const player = await scene.player()
    player.say('DESCRIBE', target)
    player.say('OPTIONS', target)
    player.say('DESCRIBE', target)
    player.say('SETUP', `${target}/trackID=0`, tcp)
    ready.resolve()
    const answers = [await player.answer(), await player.answer(), await player.answer(), await player.answer()]
    expect(answers.map(answer => headerOfAnswer(answer, 'CSeq'))).toEqual(['1', '2', '3', '4'])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })

  test('that is not waited for any more is let go', async () => {
    using scene = new Scene()
    const ready = Promise.withResolvers<void>()
    scene.stream.ready = ready.promise
    const player = await scene.player()
    player.say('DESCRIBE', target)
    player.say('OPTIONS', target)
    await until('the stream to be asked for', () => scene.stream.consumers.length > 0)
    player.socket.destroy()
    expect(await scene.stream.consumers[0]?.closed).toMatchObject({ code: 'closed_by_peer' })
    ready.resolve()
    await new Promise(setImmediate)
    expect(scene.stream.idle).toBe(true)
  })
})

describe('what a player may not do', () => {
  test('is to take packets by UDP: it is told, and may ask again', async () => {
    using scene = new Scene()
    const player = await scene.player()
    await player.ask('DESCRIBE', target)
    for (const transport of ['RTP/AVP;unicast;client_port=5000-5001', 'RTP/AVP/UDP;unicast', 'carrier pigeon', '']) {
      const answer = await player.ask('SETUP', `${target}/trackID=0`, [['Transport', transport]])
      expect(answer).toMatchObject({ status: 461, reason: 'Unsupported transport' })
    }
    expect(await player.ask('SETUP', `${target}/trackID=0`, tcp)).toMatchObject({ status: 200 })
  })

  test('is to set up a track that is not there', async () => {
    using scene = new Scene()
    const player = await scene.player()
    await player.ask('DESCRIBE', target)
    expect(await player.ask('SETUP', `${target}/trackID=9`, tcp)).toMatchObject({ status: 400 })
  })

  test.each(['SETUP', 'PLAY', 'PAUSE'])('is to begin with %s', async method => {
    using scene = new Scene()
    expect(await (await scene.player()).ask(method, target, tcp)).toMatchObject({ status: 455 })
  })

  test('is to ask for a second stream', async () => {
    using scene = new Scene()
    const player = await scene.player()
    const first = await player.ask('DESCRIBE', target)
    expect(await player.ask('DESCRIBE', target)).toMatchObject({ status: 200, body: first.body })
    expect(await player.ask('DESCRIBE', `${target}2`)).toMatchObject({ status: 455 })
    expect(scene.stream.consumers).toHaveLength(1)
  })

  test.each(['REDIRECT', 'MAKE_COFFEE'])('is not known here: %s', async method => {
    using scene = new Scene()
    expect(await (await scene.player()).ask(method, target)).toMatchObject({ status: 501 })
  })

  test.each([
    ['a request that is none', 'PLAY nowhere\r\n\r\n', 400],
    ['a web request', 'GET / HTTP/1.1\r\n\r\n', 505],
  ])('ends the connection after an answer: %s', async (_name, text, status) => {
    using scene = new Scene()
    const player = await scene.player()
    player.socket.write(text)
    expect(await player.answer()).toMatchObject({ status })
    await player.closed
  })

  test.each([
    ['rubbish', Buffer.from('\x16\x03\x01\x02\0', 'latin1')],
    ['a header that is none', Buffer.from('PLAY a RTSP/1.0\r\nno header\r\n\r\n')],
    ['a line without an end', Buffer.alloc(70_000, 'A')],
    ['a head without an end', Buffer.from(`PLAY a RTSP/1.0\r\n${'A: b\r\n'.repeat(12_000)}`)],
    ['too many headers', Buffer.from(`PLAY a RTSP/1.0\r\n${'A: b\r\n'.repeat(129)}\r\n`)],
    ['too long a body', Buffer.from('SET_PARAMETER a RTSP/1.0\r\nContent-Length: 70000\r\n\r\n')],
  ])('ends the connection with a line in the log: %s', async (_name, bytes) => {
    using scene = new Scene()
    const player = await scene.player()
    player.socket.write(bytes)
    await player.closed
    expect(scene.logger.of('warn')).toHaveLength(1)
    expect(scene.logger.of('warn')[0]).toContain('connection closed')
  })

  test('is to ask without end while it waits', async () => {
    using scene = new Scene()
    scene.stream.ready = new Promise(() => {})
    const player = await scene.player()
    player.say('DESCRIBE', target)
    for (let i = 0; i < 20; i++) player.say('OPTIONS', target)
    await player.closed
    expect(scene.logger.of('warn')[0]).toContain('requests at once')
  })

  test('is to ask without end and read nothing', async () => {
    using scene = new Scene()
    const player = await scene.player()
    player.socket.pause()
    await until('the player to be there', () => scene.server.connectionCount === 1)
    const request = Buffer.from(`OPTIONS * RTSP/1.0\r\nCSeq: ${'9'.repeat(5000)}\r\n\r\n`.repeat(100))
    await until('the player to be gone', () => {
      player.socket.write(request)
      return scene.server.connectionCount === 0
    })
    expect(scene.logger.of('warn')[0]).toContain('bytes the player has not read')
  })
})

describe('a password', () => {
  const credentials = { username: 'admin', password: 'secret' }
  const lan = Object.values(networkInterfaces())
    .flat()
    .find(one => one !== undefined && !one.internal && one.family === 'IPv4')?.address

  test('is not asked of this machine', async () => {
    using scene = new Scene(credentials)
    expect(await (await scene.player()).ask('DESCRIBE', target)).toMatchObject({ status: 200 })
  })

  test.runIf(lan !== undefined)('is asked of others, who may try again', async () => {
    using scene = new Scene({ ...credentials, listen: '0.0.0.0:0' })
    const player = await scene.player(lan)
    const refused = await player.ask('OPTIONS', target)
    expect(refused).toMatchObject({ status: 401, reason: 'Unauthorized' })
    expect(headerOfAnswer(refused, 'WWW-Authenticate')).toBe('Basic realm="go2rtc"')
    expect(await player.ask('DESCRIBE', target, [['Authorization', formatBasic(credentials)]])).toMatchObject({
      status: 200,
    })
  })

  test.runIf(lan !== undefined)('that is wrong ends the connection, with a line in the log', async () => {
    using scene = new Scene({ ...credentials, listen: '0.0.0.0:0' })
    const player = await scene.player(lan)
    const wrong = formatBasic({ username: 'admin', password: 'guess' })
    expect(await player.ask('DESCRIBE', target, [['Authorization', wrong]])).toMatchObject({ status: 401 })
    await player.closed
    expect(scene.logger.of('warn')).toHaveLength(1)
    expect(scene.logger.of('warn')[0]).toContain('failed authentication')
  })
})
