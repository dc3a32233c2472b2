import { expect, test } from 'vitest'
import { headerOf } from '#media/net/text-message.ts'
import { asItself, asksAllButItself } from '#media/protocols/rtsp/camera-quirks.ts'
import { dialRtsp } from '#media/protocols/rtsp/rtsp-setup.ts'
import { parseRtspSource } from '#media/protocols/rtsp/rtsp-source.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { answer, goodCamera, ScriptedCamera } from '#test/helpers/scripted-camera.ts'

const dial = (url: string) => dialRtsp(parseRtspSource(parseSourceUrl(url)), dialContext(), 'Sightline')
const tapo = 'Digest realm="TP-LINK Streaming Media", nonce="1"'

test.each([
  ['rtsp://192.168.1.5:8554/stream1?x=y', 'rtsp://127.0.0.1/stream1?x=y'],
  ['rtsp://[fe80::1]/stream1/track1', 'rtsp://127.0.0.1/stream1/track1'],
  ['*', '*'],
])('an address is asked for from the camera itself: %s', (target, itself) => {
  expect(asItself(target)).toBe(itself)
})

test('only TP-Link asks all but itself', () => {
  expect(asksAllButItself([['WWW-Authenticate', tapo]])).toBe(true)
  expect(asksAllButItself([['WWW-Authenticate', 'Digest realm="TP-LINK IP-Camera"']])).toBe(false)
  expect(asksAllButItself([])).toBe(false)
})

test('a Tapo without a password is asked as if from itself, from then on', async () => {
  const good = goodCamera()
  await using camera = await ScriptedCamera.start(request =>
    request.target.startsWith('rtsp://127.0.0.1/')
      ? good(request)
      : answer(request, '401 Unauthorized', [['WWW-Authenticate', tapo]]),
  )
  using producer = await dial(camera.url)
  expect(producer.medias).toHaveLength(2)
  expect(camera.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
    `DESCRIBE ${camera.url}`,
    'DESCRIBE rtsp://127.0.0.1/live',
    'SETUP rtsp://127.0.0.1/live/trackID=0',
    'SETUP rtsp://127.0.0.1/live/trackID=1',
  ])
})

test('a Tapo with a password says so, and gets the one there is', async () => {
  await using camera = await ScriptedCamera.start(request =>
    headerOf(request.headers, 'Authorization') === undefined
      ? answer(request, '401 Unauthorized', [['WWW-Authenticate', tapo]])
      : goodCamera()(request),
  )
  await expect(dial(camera.url)).rejects.toMatchObject({ code: 'password_needed' })
  expect(camera.requests).toHaveLength(2)
  using _producer = await dial(camera.url.replace('//', '//admin:12345@'))
  expect(camera.requests.at(-1)!.target).toBe(`${camera.url}/trackID=1`)
})
