import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BesiegedEngine, type Witness } from '#test/helpers/besieged-engine.ts'
import { h264Sdp, numberedPicture, SPROP } from '#test/helpers/numbered-camera.ts'
import { rtpPacket } from '#test/helpers/rtp-packets.ts'
import {
  answer,
  type CameraRequest,
  type CameraScript,
  frame,
  goodCamera,
  ScriptedCamera,
} from '#test/helpers/scripted-camera.ts'
import { until } from '#test/helpers/until.ts'

let besieged: BesiegedEngine
beforeAll(async () => {
  besieged = await BesiegedEngine.start()
})
afterAll(() => besieged[Symbol.asyncDispose]())

const describing =
  (sdp: string): CameraScript =>
  request =>
    answer(request, '200 OK', [], sdp)
const good = { DESCRIBE: describing(h264Sdp) }

/** Given up after half a second of nothing, where that is what it does, and otherwise later than a busy machine needs. */
const watch = (camera: ScriptedCamera, code?: string): Promise<Witness> =>
  besieged.watch([`${camera.url}#timeout=${code === 'silent' ? 0.5 : 10}`])

/** Writes a piece each few milliseconds until nobody listens any more. */
const trickle = (request: CameraRequest, piece: string | Buffer, everyMs = 20): undefined => {
  const timer = setInterval(() => {
    if (request.socket.destroyed) clearInterval(timer)
    else request.socket.write(piece)
  }, everyMs)
}

const MIB = 1024 * 1024
const saying =
  (head: string): CameraScript =>
  request =>
    void request.socket.write(head)
const head = ({ headers }: CameraRequest): string => `RTSP/1.0 200 OK\r\nCSeq: ${headers[0]?.[1]}\r\n`

describe('a camera that is asked what it has is given up when it', () => {
  test.each<[string, string, CameraScript]>([
    ['says rubbish', 'not_rtsp', () => Buffer.alloc(MIB, 0x8b)],
    ['says rubbish for ever', 'not_rtsp', request => trickle(request, '\0')],
    ['says nothing', 'silent', () => undefined],
    ['answers a byte at a time', 'silent', request => trickle(request, 'R', 100)],
    ['has a head without an end', 'not_rtsp', () => `RTSP/1.0 200 OK\r\nX: ${'a'.repeat(MIB)}`],
    ['has headers without an end', 'not_rtsp', () => `RTSP/1.0 200 OK\r\n${'X: a\r\n'.repeat(100_000)}`],
    ['has a body of 4 GB', 'not_rtsp', request => `${head(request)}Content-Length: 4294967296\r\n\r\n`],
    ['has a body that never comes whole', 'silent', request => `${head(request)}Content-Length: 60000\r\n\r\nv=0`],
    ['has two lengths', 'not_rtsp', request => `${head(request)}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`],
    ['answers another question', 'silent', saying('RTSP/1.0 200 OK\r\nCSeq: 99\r\n\r\n')],
    ['asks instead of answering', 'not_rtsp', saying('OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n')],
    ['describes nothing', 'garbled', describing('')],
    ['describes ten thousand tracks', 'garbled', describing(`v=0\r\n${'m=video 0 RTP/AVP 96\r\n'.repeat(10_000)}`)],
    ['describes thirty tracks of nothing', 'no_media', describing(`v=0\r\n${'m=video 0 RTP/AVP 96\r\n'.repeat(30)}`)],
    ['has parameters of a megabyte', 'garbled', describing(`${h264Sdp}a=fmtp:96 x=${'y'.repeat(900_000)}\r\n`)],
    ['has a clock that stands still', 'no_media', describing(h264Sdp.replace('/90000', '/0'))],
    ['has a clock that goes back', 'no_media', describing(h264Sdp.replace('/90000', '/-1'))],
    ['is asked for a password and has none', 'password_needed', request => answer(request, '401 No')],
    ['sends us on to itself for ever', 'bad_redirect', request => redirect(request, request.target)],
    ['sends us on to nowhere', 'bad_redirect', request => redirect(request, `${'x'.repeat(60_000)}`)],
    ['sends us on to another protocol', 'bad_redirect', request => redirect(request, 'file:///etc/passwd')],
  ])('%s: %s', async (_name, code, script) => {
    await using camera = await ScriptedCamera.start(goodCamera({ DESCRIBE: script }))
    const witness = await watch(camera, code)
    expect(witness.code).toBe(code)
    expect(camera.sockets.length).toBeLessThan(8)
    await besieged.over()
  })
})

const redirect = (request: CameraRequest, to: string): Buffer => answer(request, '302 Moved', [['Location', to]])

describe('a camera does not send us on to the metadata of a cloud by', () => {
  test.each([
    ...[
      '169.254.169.254',
      '0xa9fea9fe',
      '2852039166',
      '0251.0376.0251.0376',
      '169.254.43518',
      '[::ffff:169.254.169.254]',
    ],
    ...['[::ffff:a9fe:a9fe]', '[fd00:ec2::254]', '169.254.170.2', '100.100.100.200'],
  ])('%s', async host => {
    await using camera = await ScriptedCamera.start(
      goodCamera({ DESCRIBE: request => redirect(request, `rtsp://${host}/latest/meta-data`) }),
    )
    expect(await watch(camera)).toMatchObject({ code: 'address_not_allowed' })
    await besieged.over()
  })
})

describe('a camera that is set up is given up when it', () => {
  const transport =
    (value: string): CameraScript =>
    request =>
      answer(request, '200 OK', [
        ['Transport', value],
        ['Session', '1'],
      ])
  test.each<[string, string, Record<string, CameraScript>]>([
    [
      'carries media on channels that there are not',
      'garbled',
      { SETUP: transport('RTP/AVP/TCP;interleaved=300-301') },
    ],
    ['carries media by no transport', 'garbled', { SETUP: transport('') }],
    [
      'has a session without a name',
      'garbled',
      { SETUP: request => answer(request, '200 OK', [['Session', ';timeout=1']]) },
    ],
    [
      'has a session of a long name',
      'garbled',
      { SETUP: request => answer(request, '200 OK', [['Session', 'x'.repeat(60_000)]]) },
    ],
    ['refuses all of it', 'camera_refused', { SETUP: request => answer(request, '500 Never') }],
    ['hangs up', 'camera_closed', { SETUP: request => void request.socket.destroy() }],
    ['refuses to play', 'camera_refused', { PLAY: request => answer(request, '500 Never') }],
    ['hangs up when it should play', 'camera_closed', { PLAY: request => void request.socket.destroy() }],
    ['says nothing when it should play', 'silent', { PLAY: () => undefined }],
    ['sends rubbish when it should play', 'garbled', { PLAY: () => Buffer.alloc(MIB, 0x8b) }],
  ])('%s: %s', async (_name, code, overrides) => {
    await using camera = await ScriptedCamera.start(goodCamera({ ...good, ...overrides }))
    const witness = await watch(camera, code)
    await until('it is given up', () => witness.code !== undefined || causeOf() !== undefined)
    expect(witness.code ?? causeOf()).toBe(code)
    await besieged.over()
  })
})

const causeOf = (): string | undefined => besieged.engine.streamByName('victim')?.sources[0]?.cause?.code

describe('a camera that shows its pictures is watched although it', () => {
  const playing =
    (more: (request: CameraRequest) => void): CameraScript =>
    request => {
      more(request)
      let count = 0
      const timer = setInterval(() => {
        if (request.socket.destroyed) clearInterval(timer)
        else request.socket.write(numberedPicture(++count))
      }, 10)
      return answer(request, '200 OK')
    }
  const flood =
    (bytes: Buffer | string) =>
    (request: CameraRequest): void => {
      for (let index = 0; index < 20_000; index++) request.socket.write(bytes)
    }
  /** As the packets that come before the first picture. */
  const sendSets = ({ socket }: CameraRequest): void => {
    for (const [index, set] of SPROP.split(',').entries()) {
      const place = { sequenceNumber: 65_535 + index, timestamp: 0, ssrc: 0xbeef }
      const { buffer } = rtpPacket({ payload: Buffer.from(set, 'base64'), ...place })
      socket.write(frame(0, buffer))
    }
  }
  const sprop = (sets: string): CameraScript => describing(h264Sdp.replace(SPROP, sets))
  test.each<[string, Record<string, CameraScript>]>([
    [
      'sends frames before it is asked to',
      { DESCRIBE: request => Buffer.concat([frame(0, Buffer.alloc(65_535)), answer(request, '200 OK', [], h264Sdp)]) },
    ],
    [
      'asks and asks, and never reads',
      { PLAY: playing(request => void flood('OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n')(request)) },
    ],
    ['answers what nobody asked', { PLAY: playing(flood('RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n')) }],
    [
      'refuses to be kept alive',
      {
        SETUP: request => answer(request, '200 OK', [['Session', '1;timeout=1']]),
        OPTIONS: request => answer(request, '454 No Session'),
        GET_PARAMETER: request => answer(request, '500 Never'),
      },
    ],
    [
      'has a header of blanks',
      {
        SETUP: request =>
          answer(request, '200 OK', [['Transport', `RTP/AVP/TCP;a=${' '.repeat(30_000)}x"y"z;interleaved=0-1`]]),
      },
    ],
    [
      'has a control at another place',
      { DESCRIBE: describing(h264Sdp.replace('trackID=0', 'rtsp://169.254.169.254/latest')) },
    ],
  ])('%s', async (_name, overrides) => {
    await using camera = await ScriptedCamera.start(goodCamera({ ...good, PLAY: playing(() => {}), ...overrides }))
    const witness = await watch(camera)
    await besieged.unharmed()
    await until('pictures', () => witness.sink.messageCount > 3)
    expect(causeOf()).toBeUndefined()
    expect(witness.code).toBeUndefined()
    await besieged.over()
  })

  test.each<[string, Record<string, CameraScript>]>([
    ['has parameter sets that are none', { DESCRIBE: sprop('!!!,AAAA,////////,=') }],
    [
      'has parameter sets of absurd pictures',
      {
        DESCRIBE: sprop(
          `${Buffer.from(`6742c01ef8${'0000000080000000'.repeat(8)}`, 'hex').toString('base64')},aM48gA==`,
        ),
      },
    ],
  ])('%s, as soon as it sends better ones', async (_name, overrides) => {
    await using camera = await ScriptedCamera.start(goodCamera({ ...good, PLAY: playing(sendSets), ...overrides }))
    const witness = await watch(camera)
    await until('pictures', () => witness.sink.messageCount > 3)
    await besieged.over()
  })

  test('describes something else each time it comes back', async () => {
    const descriptions = [h264Sdp, h264Sdp.replace('H264/90000', 'H265/90000'), 'v=0\r\n', h264Sdp.replace(/96/g, '97')]
    await using camera = await ScriptedCamera.start(
      goodCamera({
        DESCRIBE: request => answer(request, '200 OK', [], descriptions[request.connection % descriptions.length]),
        PLAY: request => {
          setTimeout(() => request.socket.destroy(), 50)
          return Buffer.concat([answer(request, '200 OK'), numberedPicture(1), numberedPicture(2)])
        },
      }),
    )
    for (let times = 0; times < 2 * descriptions.length; times++) {
      const witness = await watch(camera)
      await until('it is gone again', () => witness.code !== undefined || camera.sockets.every(({ closed }) => closed))
      besieged.engine.removeStream('victim')
    }
    expect(camera.sockets.length).toBeGreaterThanOrEqual(descriptions.length)
    await besieged.over()
  })

  test('sends on after it was told to stop', async () => {
    await using camera = await ScriptedCamera.start(
      goodCamera({ ...good, PLAY: playing(() => {}), TEARDOWN: request => trickle(request, numberedPicture(9), 5) }),
    )
    await watch(camera)
    besieged.engine.removeStream('victim')
    await until('nobody listens any more', () => camera.sockets.every(socket => socket.destroyed))
    await besieged.over()
  })
})

test('a camera that refuses a password for ever is asked twice', async () => {
  const challenge = [['WWW-Authenticate', 'Digest realm="a", nonce="b", stale=true']] as const
  await using camera = await ScriptedCamera.start(request => answer(request, '401 No', challenge))
  const source = `${camera.url.replace('rtsp://', 'rtsp://user:secret@')}#timeout=0.5`
  for (let tries = 0; tries < 5; tries++)
    expect(await besieged.watch([source])).toMatchObject({ code: 'wrong_password' })
  expect(besieged.engine.streamByName('victim')).toMatchObject({ state: 'paused' })
  expect(camera.sockets).toHaveLength(2)
  expect(camera.requests.length).toBeLessThanOrEqual(6)
  await besieged.over()
})
