import { describe, expect, test } from 'vitest'
import { formatMedia } from '#media/core/media.ts'
import { headerOf, type TextHeaders } from '#media/net/text-message.ts'
import { CameraMemory } from '#media/protocols/rtsp/camera-memory.ts'
import type { RtspProducer } from '#media/protocols/rtsp/rtsp-producer.ts'
import { dialRtsp } from '#media/protocols/rtsp/rtsp-setup.ts'
import { parseRtspSource } from '#media/protocols/rtsp/rtsp-source.ts'
import type { SourceNote } from '#media/streams/scheme.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import {
  answer,
  type CameraRequest,
  type CameraScript,
  goodCamera,
  h264AndPcmuSdp,
  ScriptedCamera,
} from '#test/helpers/scripted-camera.ts'

const dial = (url: string): Promise<RtspProducer> =>
  dialRtsp(parseRtspSource(parseSourceUrl(url)), dialContext(), 'Sightline')

const describing =
  (headers: TextHeaders, sdp = h264AndPcmuSdp): CameraScript =>
  request =>
    answer(request, '200 OK', headers, sdp)

const setUpTargets = (camera: ScriptedCamera): readonly string[] =>
  camera.requests.filter(({ method }) => method === 'SETUP').map(({ target }) => target)

describe('a good camera', () => {
  test('is asked, set up, and not yet played', async () => {
    await using camera = await ScriptedCamera.start(goodCamera())
    using producer = await dial(camera.url)
    expect(producer.medias.map(formatMedia)).toEqual(['video, recvonly, H264', 'audio, recvonly, PCMU/8000'])
    expect(camera.methods).toEqual(['DESCRIBE', 'SETUP', 'SETUP'])
    expect(setUpTargets(camera)).toEqual([`${camera.url}/trackID=0`, `${camera.url}/trackID=1`])
    expect(camera.requests.map(({ headers }) => headerOf(headers, 'Transport'))).toEqual([
      undefined,
      'RTP/AVP/TCP;unicast;interleaved=0-1',
      'RTP/AVP/TCP;unicast;interleaved=2-3',
    ])
    expect(headerOf(camera.requests[0]!.headers, 'Accept')).toBe('application/sdp')
    expect(headerOf(camera.requests[0]!.headers, 'User-Agent')).toBe('Sightline')
    expect(headerOf(camera.requests[2]!.headers, 'Session')).toBe('4711')
    expect(producer.info).toMatchObject({
      formatName: 'rtsp',
      protocol: 'rtsp+tcp',
      remoteAddress: `127.0.0.1:${camera.port}`,
      userAgent: 'Sightline',
      sdp: h264AndPcmuSdp,
    })
  })

  test('is asked for one kind only where the source says so', async () => {
    await using camera = await ScriptedCamera.start(goodCamera())
    using producer = await dial(`${camera.url}#media=audio`)
    expect(producer.medias.map(({ kind }) => kind)).toEqual(['audio'])
    expect(setUpTargets(camera)).toEqual([`${camera.url}/trackID=1`])
  })

  test('is not set up for its metadata or for what it would hear', async () => {
    const more = `${h264AndPcmuSdp}m=application 0 RTP/AVP 107\r\nm=audio 0 RTP/AVP 0\r\na=sendonly\r\na=control:back\r\n`
    await using camera = await ScriptedCamera.start(goodCamera({ DESCRIBE: describing([], more) }))
    using producer = await dial(camera.url)
    expect(producer.medias.map(({ direction }) => direction)).toEqual(['recvonly', 'recvonly', 'sendonly'])
    expect(setUpTargets(camera)).toHaveLength(2)
  })

  test('that refuses one of its medias gives the other', async () => {
    await using camera = await ScriptedCamera.start(
      goodCamera({
        SETUP: request =>
          request.target.endsWith('0')
            ? answer(request, '461 Unsupported Transport')
            : answer(request, '200 OK', [['Session', '1']]),
      }),
    )
    using producer = await dial(camera.url)
    expect(producer.medias.map(({ kind }) => kind)).toEqual(['audio'])
  })

  test('of several codecs in one media gives the first one we know', async () => {
    const sdp = 'v=0\r\nm=audio 0 RTP/AVP 101 0\r\na=rtpmap:101 TELEPHONE-EVENT/8000\r\n'
    await using camera = await ScriptedCamera.start(goodCamera({ DESCRIBE: describing([], sdp) }))
    using producer = await dial(camera.url)
    expect(producer.medias.map(formatMedia)).toEqual(['audio, recvonly, PCMU/8000/1'])
    expect(setUpTargets(camera)).toEqual([camera.url])
  })
})

describe('where a media is asked for', () => {
  test.each([
    ['behind the base', 'rtsp://camera/other/', 'rtsp://camera/other/trackID=0'],
    ['behind a base without a slash', 'rtsp://camera/other', 'rtsp://camera/other/trackID=0'],
    ['behind a base with a query', 'rtsp://camera/x?y=z', 'rtsp://camera/x?y=z/trackID=0'],
    ['behind a base without a scheme', 'camera:8554/x/', 'rtsp://camera:8554/x/trackID=0'],
    ['without the credentials of the base', 'rtsp://a:b@camera/x/', 'rtsp://camera/x/trackID=0'],
  ])('is %s', async (_name, base, target) => {
    const DESCRIBE = describing([['Content-Base', base]])
    await using camera = await ScriptedCamera.start(goodCamera({ DESCRIBE }))
    using _producer = await dial(camera.url)
    expect(setUpTargets(camera)[0]).toBe(target)
  })
})

describe('a camera that sends us on', () => {
  const moved =
    (location: (request: { connection: number }) => string): CameraScript =>
    request =>
      answer(request, '302 Moved Temporarily', [['Location', location(request)]])

  test('is followed, with the password', async () => {
    await using target = await ScriptedCamera.start(
      goodCamera({
        DESCRIBE: request =>
          headerOf(request.headers, 'Authorization') === undefined
            ? answer(request, '401 Unauthorized', [['WWW-Authenticate', 'Basic realm="x"']])
            : answer(request, '200 OK', [], h264AndPcmuSdp),
      }),
    )
    await using camera = await ScriptedCamera.start(moved(() => target.url))
    using producer = await dial(camera.url.replace('//', '//admin:12345@'))
    expect(producer.info.remoteAddress).toBe(`127.0.0.1:${target.port}`)
    expect(setUpTargets(target)[0]).toBe(`${target.url}/trackID=0`)
  })

  test('in circles is left after five times', async () => {
    let url = ''
    await using camera = await ScriptedCamera.start(moved(() => url))
    url = camera.url
    await expect(dial(camera.url)).rejects.toMatchObject({ code: 'bad_redirect' })
    expect(camera.sockets).toHaveLength(6)
  })

  test.each(['', 'http://127.0.0.1/', 'file:///etc/passwd', 'rtsp://'])(
    'to what is no camera is not followed: "%s"',
    async location => {
      await using camera = await ScriptedCamera.start(moved(() => location))
      await expect(dial(camera.url)).rejects.toMatchObject({ code: 'bad_redirect' })
    },
  )

  test('to a metadata service is not followed', async () => {
    await using camera = await ScriptedCamera.start(moved(() => 'rtsp://169.254.169.254/latest'))
    await expect(dial(camera.url)).rejects.toMatchObject({ code: 'address_not_allowed' })
  })
})

describe('a camera that cannot be watched is told so', () => {
  const rows: readonly (readonly [string, string, CameraScript])[] = [
    ['nothing there', 'not_found', request => answer(request, '404 Not Found')],
    ['refused', 'camera_refused', request => answer(request, '503 Service Unavailable')],
    ['no media', 'no_media', describing([], 'v=0\r\nm=application 0 RTP/AVP 107\r\n')],
    ['no description', 'garbled', describing([], '')],
    ['a description that is none', 'garbled', describing([], '<html></html>')],
    ['too long a description', 'garbled', describing([], `v=0\r\n${'a=x\r\n'.repeat(5000)}`)],
    ['gone in the middle', 'camera_closed', ({ socket }) => void socket.end('RTSP/1.0 200 OK\r\nContent-Le')],
    ['a password', 'password_needed', request => answer(request, '401 Unauthorized')],
  ]

  test.each(rows)('%s: %s', async (_name, code, DESCRIBE) => {
    await using camera = await ScriptedCamera.start(goodCamera({ DESCRIBE }))
    await expect(dial(camera.url)).rejects.toMatchObject({ code })
    // Nothing is left behind: the camera sees us go.
    for (const socket of camera.sockets)
      if (!socket.closed) await new Promise(resolve => socket.once('close', resolve).resume())
  })

  test.each([
    ['every media refused', 'camera_refused', '454 Session Not Found', 'RTP/AVP/TCP;interleaved=0-1'],
    ['a transport that is none', 'garbled', '200 OK', 'carrier pigeon'],
  ])('%s: %s', async (_name, code, status, transport) => {
    const SETUP: CameraScript = request => answer(request, status, [['Transport', transport]])
    await using camera = await ScriptedCamera.start(goodCamera({ SETUP }))
    await expect(dial(camera.url)).rejects.toMatchObject({ code })
  })
})

describe('a camera that does not know what a backchannel is', () => {
  const asksFor = (request: CameraRequest): boolean => headerOf(request.headers, 'Require') !== undefined
  const good = goodCamera()
  const rows: readonly (readonly [string, CameraScript])[] = [
    ['says so', request => (asksFor(request) ? answer(request, '551 Option not supported') : good(request))],
    ['refuses to be described', request => (asksFor(request) ? answer(request, '400 Bad') : good(request))],
    ['hangs up', request => (asksFor(request) ? void request.socket.end() : good(request))],
    ['describes nothing', request => (asksFor(request) ? answer(request, '200 OK', [], 'v=0\r\n') : good(request))],
  ]

  test.each(rows)('and %s is asked again without, and next time at once', async (_name, DESCRIBE) => {
    await using camera = await ScriptedCamera.start(goodCamera({ DESCRIBE }))
    const notes: SourceNote[] = []
    const memory = new CameraMemory()
    const source = parseRtspSource(parseSourceUrl(camera.url))
    using _producer = await dialRtsp(source, dialContext({ notes }), 'Sightline', memory)
    expect(camera.requests.filter(({ method }) => method === 'DESCRIBE').map(asksFor)).toEqual([true, false])
    expect(notes).toMatchObject([{ code: 'backchannel_refused' }])
    using _again = await dialRtsp(source, dialContext({ notes }), 'Sightline', memory)
    expect(camera.requests.filter(({ method }) => method === 'DESCRIBE').map(asksFor)).toEqual([true, false, false])
  })

  test('and refuses all medias is set up without', async () => {
    let asked = false
    const DESCRIBE: CameraScript = request => {
      asked = asksFor(request)
      return good(request)
    }
    const SETUP: CameraScript = request => (asked ? answer(request, '500 Busy') : good(request))
    await using camera = await ScriptedCamera.start(goodCamera({ DESCRIBE, SETUP }))
    using producer = await dial(camera.url)
    expect(producer.medias).toHaveLength(2)
  })

  test('is not asked twice for a wrong password', async () => {
    const DESCRIBE: CameraScript = request =>
      answer(request, '401 Unauthorized', [['WWW-Authenticate', 'Basic realm="x"']])
    await using camera = await ScriptedCamera.start(goodCamera({ DESCRIBE }))
    await expect(dial(camera.url.replace('//', '//a:b@'))).rejects.toMatchObject({ code: 'wrong_password' })
    expect(camera.methods).toEqual(['DESCRIBE', 'DESCRIBE'])
  })

  test('is not asked at all where the source has options of another kind', async () => {
    await using camera = await ScriptedCamera.start(goodCamera())
    using _producer = await dial(`${camera.url}#timeout=3`)
    expect(camera.requests.some(asksFor)).toBe(false)
  })
})
