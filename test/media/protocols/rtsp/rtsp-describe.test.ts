import { describe, expect, test } from 'vitest'
import { headerOf } from '#media/net/text-message.ts'
import { type Described, describe as describeCamera } from '#media/protocols/rtsp/rtsp-describe.ts'
import { parseRtspSource } from '#media/protocols/rtsp/rtsp-source.ts'
import type { SourceNote } from '#media/streams/scheme.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { answer, type CameraScript, goodCamera, ScriptedCamera } from '#test/helpers/scripted-camera.ts'

const ask = (url: string, { backchannel = false, notes = [] as SourceNote[] } = {}): Promise<Described> =>
  describeCamera({
    source: parseRtspSource(parseSourceUrl(url)),
    context: dialContext({ notes }),
    userAgent: 'Sightline',
    backchannel,
  })

const withPassword = (url: string): string => url.replace('//', '//admin:12345@')

/** Asks for a password, and takes any. */
const guarded: CameraScript = request =>
  headerOf(request.headers, 'Authorization') === undefined
    ? answer(request, '401 Unauthorized', [['WWW-Authenticate', 'Basic realm="x"']])
    : answer(request, '200 OK')

const moved =
  (to: () => string): CameraScript =>
  request =>
    answer(request, '302 Moved Temporarily', [['Location', to()]])

test('a camera is asked for its way back for sound where it is wanted', async () => {
  await using camera = await ScriptedCamera.start(goodCamera())
  for (const backchannel of [true, false]) (await ask(camera.url, { backchannel })).client.close()
  expect(camera.requests.map(({ headers }) => headerOf(headers, 'Require'))).toEqual([
    'www.onvif.org/ver20/backchannel',
    undefined,
  ])
})

describe('a camera that sends us on', () => {
  test('is followed, and the way is noted without passwords', async () => {
    await using target = await ScriptedCamera.start(guarded)
    await using camera = await ScriptedCamera.start(moved(() => target.url))
    const notes: SourceNote[] = []
    const described = await ask(withPassword(camera.url), { notes })
    described.client.close()
    expect(described.url).toMatchObject({ port: target.port, credentials: { username: 'admin', password: '12345' } })
    expect(notes).toEqual([
      {
        code: 'redirected',
        message: 'the camera sent us on from 127.0.0.1 to 127.0.0.1',
        details: {
          status: 302,
          from: `127.0.0.1:${camera.port}`,
          to: `127.0.0.1:${target.port}`,
          withheld: false,
        },
      },
    ])
  })

  test('to a stranger does not give its password away', async () => {
    await using target = await ScriptedCamera.start(guarded)
    await using camera = await ScriptedCamera.start(moved(() => `rtsp://localhost:${target.port}/live`))
    const notes: SourceNote[] = []
    await expect(ask(withPassword(camera.url), { notes })).rejects.toMatchObject({ code: 'password_needed' })
    expect(notes[0]?.message).toMatch(/which does not get its password$/)
    expect(JSON.stringify(notes)).not.toContain('12345')
  })

  test('with a password of its own gives that one', async () => {
    await using target = await ScriptedCamera.start(guarded)
    await using camera = await ScriptedCamera.start(moved(() => `rtsp://guest:guest@localhost:${target.port}/live`))
    const described = await ask(withPassword(camera.url))
    described.client.close()
    expect(described.url.credentials).toEqual({ username: 'guest', password: 'guest' })
  })
})
