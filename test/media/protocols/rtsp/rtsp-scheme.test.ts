import { expect, test } from 'vitest'
import { rtspScheme } from '#media/protocols/rtsp/rtsp-scheme.ts'
import { parseSourceUrl, SourceNotSupportedError } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { goodCamera, ScriptedCamera } from '#test/helpers/scripted-camera.ts'

const scheme = rtspScheme({ userAgent: 'Sightline' })

test('cameras are dialed by rtsp, rtsps and rtspx, which anybody may ask for', () => {
  expect(scheme).toMatchObject({ kind: 'dial', names: ['rtsp', 'rtsps', 'rtspx'], trustedOnly: false })
})

test('a source that cannot be meant is refused before it is dialed', () => {
  expect(() => scheme.check(parseSourceUrl('rtsp://'), 'request')).toThrow(SourceNotSupportedError)
  expect(() => scheme.check(parseSourceUrl('rtsp://camera/#timeout=never'), 'request')).toThrow(SourceNotSupportedError)
  expect(scheme.check(parseSourceUrl('rtsp://camera/live#backchannel=0'), 'request')).toBeUndefined()
})

test('a camera is dialed', async () => {
  await using camera = await ScriptedCamera.start(goodCamera())
  using producer = await scheme.dial(parseSourceUrl(camera.url), dialContext())
  expect(producer.medias).toHaveLength(2)
})
