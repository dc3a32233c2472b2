import { expect, test } from 'vitest'
import { FrameRouter, InterleavedCarrier } from '#media/protocols/rtsp/media-carrier.ts'
import { RtspClient } from '#media/protocols/rtsp/rtsp-client.ts'
import { parseRtspUrl } from '#media/protocols/rtsp/rtsp-url.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { frame, ScriptedCamera } from '#test/helpers/scripted-camera.ts'
import { until } from '#test/helpers/until.ts'

test('frames go to whom their channel belongs, and to nobody else', () => {
  const router = new FrameRouter()
  const heard: string[] = []
  router.frame(0, Buffer.from('early'))
  router.route(0, payload => heard.push(`${payload}`))
  expect(router.has(0)).toBe(true)
  expect(router.has(1)).toBe(false)
  router.frame(0, Buffer.from('a'))
  router.frame(1, Buffer.from('b'))
  router.route(0, undefined)
  router.frame(0, Buffer.from('c'))
  expect(heard).toEqual(['a'])
})

test('a media inside the connection has its two channels, both ways', async () => {
  await using camera = await ScriptedCamera.start(() => undefined)
  const router = new FrameRouter()
  using client = await RtspClient.connect(parseRtspUrl(camera.url), {
    clock: systemClock,
    signal: new AbortController().signal,
    userAgent: 'Sightline',
    timeoutMs: 5000,
    router,
  })
  const heard: string[] = []
  const carrier = new InterleavedCarrier(client, router, [4, 5])
  expect(router.has(4) && router.has(5)).toBe(true)
  router.frame(4, Buffer.from('before anybody listens'))
  carrier.listen({
    rtp: (memory, start, end) => heard.push(`rtp ${memory.subarray(start, end)}`),
    rtcp: bytes => heard.push(`rtcp ${bytes}`),
  })
  const [socket] = camera.sockets
  socket!.write(Buffer.concat([frame(4, Buffer.from('a')), frame(5, Buffer.from('b')), frame(6, Buffer.from('c'))]))
  await until('frames of both', () => heard.length === 2)
  expect(heard).toEqual(['rtp a', 'rtcp b'])
  carrier.sendRtp(Buffer.from('d'))
  carrier.sendRtcp(Buffer.from('e'))
  await until('both ways', () => camera.frames.length === 2)
  expect(camera.frames.map(({ channel, payload }) => `${channel} ${payload}`)).toEqual(['4 d', '5 e'])
  carrier[Symbol.dispose]()
  expect(router.has(4) || router.has(5)).toBe(false)
})
