import { expect, test } from 'vitest'
import { createEngine, parseRemoteDescription } from '#media'
import { heldBytes } from '#test/helpers/collected-garbage.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { until } from '#test/helpers/until.ts'
import { chromiumOffer } from '#test/helpers/web-rtc-offers.ts'

const demoClip = new URL('../../src/media/protocols/demo/clip.mp4', import.meta.url).pathname

test('of a thousand offers that never connect few are taken, and none stays', async () => {
  const clock = new HeldClock()
  await using engine = createEngine({ rtsp: { listen: '' }, webrtc: { listen: '127.0.0.1:0' }, demoClip, clock })
  engine.setStream({ id: '1', name: 'demo', sources: [engine.checkSource('demo:')] })
  await engine.listen()
  const offer = parseRemoteDescription(chromiumOffer)
  const request = { offer, formatName: 'webrtc', protocol: 'http', remoteAddress: '', userAgent: '' } as const
  const before = heldBytes()
  const refusals: string[] = []
  const taken: Promise<string>[] = []
  for (let i = 0; i < 1000; i++) {
    const consumer = await engine
      .watchWebRtc('demo', request)
      .catch((error: Error) => void refusals.push(error.message))
    if (consumer !== undefined) taken.push(consumer.answer(true))
  }
  expect((await Promise.all(taken)).length).toBe(200)
  expect(new Set(refusals)).toEqual(new Set(['browsers that connect at once: more than 200']))
  expect(engine.streamByName('demo')?.consumers).toHaveLength(200)
  await clock.advance(15_000)
  await until('all to be given up', () => engine.streamByName('demo')?.consumers.length === 0)
  expect(heldBytes() - before).toBeLessThan(8 * 1024 * 1024)
  const again = await engine.watchWebRtc('demo', request)
  expect(await again.answer(true)).toContain('m=video')
})

test('who makes a thousand offers leaves room for others', async () => {
  const clock = new HeldClock()
  await using engine = createEngine({ rtsp: { listen: '' }, webrtc: { listen: '127.0.0.1:0' }, demoClip, clock })
  engine.setStream({ id: '1', name: 'demo', sources: [engine.checkSource('demo:')] })
  await engine.listen()
  const offer = parseRemoteDescription(chromiumOffer)
  const from = (remoteAddress: string) =>
    engine.watchWebRtc('demo', { offer, formatName: 'webrtc', protocol: 'http', remoteAddress, userAgent: '' })
  let refused = 0
  for (let port = 1; port <= 1000; port++) await from(`192.0.2.66:${port}`).catch(() => refused++)
  expect(refused).toBe(950)
  const other = await from('192.0.2.7:5')
  expect(await other.answer(true)).toContain('m=video')
})
