import { describe, expect, test } from 'vitest'
import { readBody } from '#media/net/http-body.ts'
import { HttpClient } from '#media/net/http-client.ts'
import { FlowGate, pumpBody, waitUntilOver } from '#media/protocols/http/body-pump.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { giving, HttpCamera } from '#test/helpers/http-camera.ts'
import { until } from '#test/helpers/until.ts'

const client = new HttpClient({
  clock: systemClock,
  signal: new AbortController().signal,
  timeoutMs: 5000,
  headers: [],
  unverified: false,
})

describe('a body', () => {
  test('is handed on while the gate is open', async () => {
    await using camera = await HttpCamera.start({ '/': giving('x/y', Buffer.alloc(2_000_000)) })
    const gate = new FlowGate()
    const { body } = await client.get(new URL(camera.at('/')))
    let received = 0
    gate.pause()
    const pumped = pumpBody(body, gate, chunk => {
      received += chunk.length
    })
    await until('the first chunk', () => received > 0)
    await settled()
    expect(received).toBeLessThan(2_000_000)
    gate.resume()
    await pumped
    expect([received, gate.opened]).toEqual([2_000_000, undefined])
  })

  test('that breaks off says so', async () => {
    await using camera = await HttpCamera.start({
      '/': (_, response) => response.writeHead(200, { 'Content-Length': 100 }).write('begin', () => response.destroy()),
    })
    const { body } = await client.get(new URL(camera.at('/')))
    await expect(pumpBody(body, new FlowGate(), () => {})).rejects.toThrow()
  })

  test('is read whole, unless it is too large', async () => {
    await using camera = await HttpCamera.start({ '/': giving('x/y', 'hello') })
    const read = async (bytesMax: number) => readBody((await client.get(new URL(camera.at('/')))).body, bytesMax)
    expect((await read(5))?.toString()).toBe('hello')
    expect(await read(4)).toBeUndefined()
  })
})

test('a wait ends with its time, or with everything', async () => {
  const clock = new HeldClock()
  const over = new AbortController()
  await waitUntilOver(clock, 0, over.signal)
  const [short, long] = [waitUntilOver(clock, 10, over.signal), waitUntilOver(clock, 1e9, over.signal)]
  await clock.advance(10)
  await short
  over.abort()
  await long
  await waitUntilOver(clock, 1e9, over.signal)
  expect(clock.timerCount).toBe(0)
})
