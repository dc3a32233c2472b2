import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { headerOf } from '#media/net/text-message.ts'
import { FrameRouter } from '#media/protocols/rtsp/media-carrier.ts'
import { RtspClient, type RtspClientOptions } from '#media/protocols/rtsp/rtsp-client.ts'
import { parseRtspUrl } from '#media/protocols/rtsp/rtsp-url.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { answer, type CameraScript, frame, goodCamera, ScriptedCamera } from '#test/helpers/scripted-camera.ts'
import { until } from '#test/helpers/until.ts'

const connect = (url: string, options: Partial<RtspClientOptions> = {}): Promise<RtspClient> =>
  RtspClient.connect(parseRtspUrl(url), {
    clock: systemClock,
    signal: new AbortController().signal,
    userAgent: 'Sightline',
    timeoutMs: 5000,
    router: new FrameRouter(),
    ...options,
  })

const withPassword = ({ url }: ScriptedCamera): string => url.replace('//', '//admin:12345@')

/** Asks for a password until it gets one that it likes. */
const guarded =
  (challenges: readonly string[], likes: (authorization: string) => boolean): CameraScript =>
  request => {
    const authorization = headerOf(request.headers, 'Authorization')
    if (authorization !== undefined && likes(authorization)) return answer(request, '200 OK')
    const headers = challenges.map(challenge => ['WWW-Authenticate', challenge] as const)
    return answer(request, '401 Unauthorized', headers)
  }

describe('a question', () => {
  test('is numbered, signed and answered', async () => {
    await using camera = await ScriptedCamera.start(request => answer(request, '200 OK', [['X', 'y']], 'body'))
    using client = await connect(camera.url)
    const response = await client.request('DESCRIBE', camera.url, [['Accept', 'application/sdp']])
    expect(response).toMatchObject({ status: 200, reason: 'OK' })
    expect(response.body.toString()).toBe('body')
    expect(camera.requests[0]).toMatchObject({
      method: 'DESCRIBE',
      target: camera.url,
      headers: [
        ['CSeq', '1'],
        ['User-Agent', 'Sightline'],
        ['Accept', 'application/sdp'],
      ],
    })
    expect(client.bytesReceived).toBeGreaterThan(0)
    expect(client.bytesSent).toBeGreaterThan(0)
  })

  test('names the session once there is one', async () => {
    await using camera = await ScriptedCamera.start(goodCamera())
    using client = await connect(camera.url)
    client.session = '4711'
    await client.request('PLAY', camera.url)
    expect(headerOf(camera.requests[0]!.headers, 'Session')).toBe('4711')
  })

  test('is answered by an answer without a number', async () => {
    await using camera = await ScriptedCamera.start(() => 'RTSP/1.0 454 Session Not Found\r\n\r\n')
    using client = await connect(camera.url)
    expect(await client.request('PLAY', camera.url)).toMatchObject({ status: 454 })
  })

  test('is not answered by the answer to another', async () => {
    const late = 'RTSP/1.0 500 Late\r\nCSeq: 99\r\n\r\n'
    await using camera = await ScriptedCamera.start(request => late + answer(request, '200 OK'))
    using client = await connect(camera.url)
    expect(await client.request('PLAY', camera.url)).toMatchObject({ status: 200 })
  })

  test('may be answered among packets', async () => {
    const channels: number[] = []
    await using camera = await ScriptedCamera.start(request =>
      Buffer.concat([frame(0, Buffer.from('a')), answer(request, '200 OK'), frame(2, Buffer.from('b'))]),
    )
    const both = Promise.withResolvers<void>()
    const router = new FrameRouter()
    for (const channel of [0, 2])
      router.route(channel, () => {
        if (channels.push(channel) === 2) both.resolve()
      })
    using client = await connect(camera.url, { router })
    await client.request('PLAY', camera.url)
    await both.promise
    expect(channels).toEqual([0, 2])
  })

  test('that is not answered ends in the sentence that the camera is silent', async () => {
    const clock = new HeldClock()
    await using camera = await ScriptedCamera.start(() => undefined)
    using client = await connect(camera.url, { clock, timeoutMs: 3000 })
    const asking = expect(client.request('DESCRIBE', camera.url)).rejects.toMatchObject({ code: 'silent' })
    await camera.asked('DESCRIBE')
    await clock.advance(3000)
    await asking
  })

  test('to a camera that hangs up ends in the sentence that it did', async () => {
    await using camera = await ScriptedCamera.start(({ socket }) => void socket.end())
    using client = await connect(camera.url)
    await expect(client.request('DESCRIBE', camera.url)).rejects.toMatchObject({ code: 'camera_closed' })
    await expect(client.request('DESCRIBE', camera.url)).rejects.toMatchObject({ code: 'camera_closed' })
  })

  test('ends when the dial is given up', async () => {
    const abort = new AbortController()
    await using camera = await ScriptedCamera.start(() => undefined)
    using client = await connect(camera.url, { signal: abort.signal })
    const asking = expect(client.request('DESCRIBE', camera.url)).rejects.toMatchObject({ code: 'closed' })
    await camera.asked('DESCRIBE')
    abort.abort()
    await asking
  })
})

describe('somebody who does not speak RTSP', () => {
  test.each([
    ['a web server', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'],
    ['a shell', 'SSH-2.0-OpenSSH_9.2p1\r\n'],
    ['a mail server', '220 mail.example.org ESMTP\r\n'],
    ['a request instead of an answer', 'OPTIONS * RTSP/1.0\r\n\r\n'],
    ['rubbish', '\0\x01\x02\x03'],
    ['an endless line', 'RTSP/1.0 200 '.padEnd(70_000, 'x')],
    ['a status that is none', 'RTSP/1.0 twenty OK\r\n\r\n'],
  ])('is recognized: %s', async (_name, reply) => {
    await using camera = await ScriptedCamera.start(() => reply)
    using client = await connect(camera.url)
    await expect(client.request('DESCRIBE', camera.url)).rejects.toMatchObject({ code: 'not_rtsp' })
    expect(await client.closed).toMatchObject({ code: 'not_rtsp' })
  })

  test('is recognized by what it says first', async () => {
    const server = createServer(socket => socket.on('error', () => {}).write('SSH-2.0-OpenSSH_9.2p1\r\n'))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as { port: number }
    using client = await connect(`rtsp://127.0.0.1:${port}/`)
    expect(await client.closed).toMatchObject({ code: 'not_rtsp' })
    server.close()
  })
})

describe('a password', () => {
  const basic = 'Basic realm="camera"'
  const digest = 'Digest realm="camera", nonce="first"'

  test('is given to a camera that asks', async () => {
    await using camera = await ScriptedCamera.start(guarded([basic], text => text.startsWith('Basic YWRtaW46MTIzNDU=')))
    using client = await connect(withPassword(camera))
    expect(await client.request('DESCRIBE', camera.url)).toMatchObject({ status: 200 })
    await client.request('SETUP', camera.url)
    // Once it is known, it is given at once.
    expect(camera.methods).toEqual(['DESCRIBE', 'DESCRIBE', 'SETUP'])
  })

  test('is given in the safest of several ways', async () => {
    await using camera = await ScriptedCamera.start(guarded([basic, digest], text => text.startsWith('Digest')))
    using client = await connect(withPassword(camera))
    expect(await client.request('DESCRIBE', camera.url)).toMatchObject({ status: 200 })
  })

  test('that is missing is told so', async () => {
    await using camera = await ScriptedCamera.start(guarded([digest], () => false))
    using client = await connect(camera.url)
    await expect(client.request('DESCRIBE', camera.url)).rejects.toMatchObject({ code: 'password_needed' })
  })

  test('that is wrong is told so, and not tried again', async () => {
    await using camera = await ScriptedCamera.start(guarded([digest], () => false))
    using client = await connect(withPassword(camera))
    await expect(client.request('DESCRIBE', camera.url)).rejects.toMatchObject({
      code: 'wrong_password',
      message: 'the camera refused the user name or password',
    })
    expect(camera.requests).toHaveLength(2)
  })

  test('is given once more when the nonce was old', async () => {
    let nonce = 0
    await using camera = await ScriptedCamera.start(request => {
      if (headerOf(request.headers, 'Authorization')?.includes('nonce="2"')) return answer(request, '200 OK')
      nonce++
      const challenge = `Digest realm="camera", nonce="${nonce}"${nonce > 1 ? ', stale=true' : ''}`
      return answer(request, '401 Unauthorized', [['WWW-Authenticate', challenge]])
    })
    using client = await connect(withPassword(camera))
    expect(await client.request('DESCRIBE', camera.url)).toMatchObject({ status: 200 })
  })

  test('is not given for ever to a camera whose nonces are always old', async () => {
    await using camera = await ScriptedCamera.start(guarded([`${digest}, stale=true`], () => false))
    using client = await connect(withPassword(camera))
    await expect(client.request('DESCRIBE', camera.url)).rejects.toMatchObject({ code: 'wrong_password' })
    expect(camera.requests).toHaveLength(3)
  })

  test('cannot be given in a way nobody knows', async () => {
    await using camera = await ScriptedCamera.start(guarded(['Negotiate'], () => false))
    using client = await connect(withPassword(camera))
    await expect(client.request('DESCRIBE', camera.url)).rejects.toMatchObject({ code: 'login_not_supported' })
  })
})

test('a frame is sent, and lost to a camera that does not read', async () => {
  await using camera = await ScriptedCamera.start(() => undefined)
  using client = await connect(camera.url)
  client.sendFrame(3, Buffer.from('abc'))
  const [socket] = camera.sockets
  const [bytes] = await once(socket!, 'data')
  expect(bytes).toEqual(frame(3, Buffer.from('abc')))
  socket!.pause()
  const large = Buffer.alloc(60_000)
  await until('frames that are lost', () => {
    const before = client.bytesSent
    client.sendFrame(3, large)
    return client.bytesSent === before
  })
})

describe('a question of the camera', () => {
  test.each([
    ['OPTIONS', 'RTSP/1.0 200 OK'],
    ['GET_PARAMETER', 'RTSP/1.0 200 OK'],
    ['ANNOUNCE', 'RTSP/1.0 501 Not Implemented'],
  ])('is answered: %s', async (method, line) => {
    await using camera = await ScriptedCamera.start(
      goodCamera({
        PLAY: request => `${answer(request, '200 OK')}${method} * RTSP/1.0\r\nCSeq: 77\r\n\r\n`,
      }),
    )
    using client = await connect(camera.url)
    await client.request('PLAY', camera.url)
    const { headers } = await camera.asked(line)
    expect(headers).toEqual([['CSeq', '77']])
  })
})

test('a stream that makes no sense ends the connection', async () => {
  await using camera = await ScriptedCamera.start(request =>
    Buffer.concat([answer(request, '200 OK'), Buffer.alloc(100_000, 0xff)]),
  )
  using client = await connect(camera.url)
  client.tolerateGarbage(19)
  await client.request('PLAY', camera.url).catch(() => {})
  expect(await client.closed).toMatchObject({ code: 'garbled' })
})
