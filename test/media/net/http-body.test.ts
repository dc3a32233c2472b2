import { expect, test } from 'vitest'
import { readBodyWithin } from '#media/net/http-body.ts'
import { HttpClient } from '#media/net/http-client.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { HttpCamera } from '#test/helpers/http-camera.ts'

const { signal } = new AbortController()
const client = new HttpClient({ clock: systemClock, signal, timeoutMs: 5000, headers: [], unverified: false })

test('a body that stops in the middle is given up in time, and one that ends is whole', async () => {
  await using camera = await HttpCamera.start({
    '/stops': (_request, response) => void response.writeHead(200).write('some'),
    '/ends': (_request, response) => response.writeHead(200).end('all'),
  })
  const clock = new HeldClock()
  const { body: stopped } = await client.get(new URL(camera.at('/stops')))
  const refused = expect(readBodyWithin(stopped, 100, clock, 5000)).rejects.toThrow('the body stopped')
  await clock.advance(5000)
  await refused
  const { body: whole } = await client.get(new URL(camera.at('/ends')))
  expect(String(await readBodyWithin(whole, 100, clock, 5000))).toBe('all')
  expect(clock.timerCount).toBe(0)
})
