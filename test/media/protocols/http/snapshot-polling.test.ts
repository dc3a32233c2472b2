import { expect, test } from 'vitest'
import { HttpClient } from '#media/net/http-client.ts'
import { FlowGate } from '#media/protocols/http/body-pump.ts'
import { pollSnapshots } from '#media/protocols/http/snapshot-polling.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { type HttpAnswerer, HttpCamera } from '#test/helpers/http-camera.ts'
import { until } from '#test/helpers/until.ts'

const setUp = async (camera: HttpCamera) => {
  const clock = new HeldClock()
  const over = new AbortController()
  const images: string[] = []
  const client = new HttpClient({
    clock: systemClock,
    signal: new AbortController().signal,
    timeoutMs: 5000,
    headers: [],
    unverified: false,
  })
  const url = new URL(camera.at('/snap.jpg'))
  const gate = new FlowGate()
  const push = (image: Buffer): void => void images.push(image.toString())
  const polled = pollSnapshots(await client.get(url), { client, url, clock, gate, push, over: over.signal })
  return { clock, over, images, gate, polled }
}

const counting: HttpAnswerer = (_request, response, count) => response.writeHead(200).end(`${count}`)

test('images are asked for again and again, at most 25 a second, and not while nobody wants them', async () => {
  await using camera = await HttpCamera.start({ '/snap.jpg': counting })
  const { clock, over, images, gate, polled } = await setUp(camera)
  await until('the first image', () => images.length === 1)
  await until('the pause', () => clock.timerCount === 1)
  expect(clock.nextTimerIn).toBe(40)
  gate.pause()
  await clock.advance(40)
  expect(camera.requests).toHaveLength(1)
  gate.resume()
  await until('the second image', () => images.length === 2)
  over.abort()
  await polled
  expect([images, clock.timerCount]).toEqual([['1', '2'], 0])
})

test('an image that fails is asked for again after a second, and the third in a row ends it', async () => {
  await using camera = await HttpCamera.start({
    '/snap.jpg': (request, response, count) => {
      if (count === 1 || count === 3) counting(request, response, count)
      else response.writeHead(503).end()
    },
  })
  const { clock, images, polled } = await setUp(camera)
  let reason: { readonly code: string } | undefined
  void polled.then(why => {
    reason = why
  })
  for (let asked = 1; reason === undefined; asked++) {
    await until('a pause or the end', () => clock.timerCount === 1 || reason !== undefined)
    if (reason === undefined) expect(clock.nextTimerIn).toBe(asked === 1 || asked === 3 ? 40 : 1000)
    await clock.advance(clock.nextTimerIn ?? 0)
  }
  expect([images, reason.code, camera.requests.length]).toEqual([['1', '3'], 'camera_refused', 7])
})

test('an image that is too large counts as failed', async () => {
  await using camera = await HttpCamera.start({
    '/snap.jpg': (_, response) => response.writeHead(200).end(Buffer.alloc(5 * 1024 * 1024 + 1)),
  })
  const { clock, over, images, polled } = await setUp(camera)
  await until('the pause', () => clock.timerCount === 1)
  over.abort()
  expect([images, (await polled).code]).toEqual([[], 'limit'])
})
