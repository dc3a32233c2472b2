import { existsSync, statSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PipeListener } from '#media/processes/pipe-listener.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { until } from '#test/helpers/until.ts'

let clock: HeldClock
let listener: PipeListener
beforeEach(async () => {
  clock = new HeldClock()
  listener = await PipeListener.listen(clock)
})
afterEach(() => listener[Symbol.dispose]())

const connectAs = (first: string): Socket => {
  const socket = connect(listener.path)
  socket.on('error', () => {}).resume()
  socket.write(first)
  return socket
}

test('gives a pipe to whoever waits for it, from the first byte after its token', async () => {
  const pipe = listener.expect()
  expect(pipe.token).toMatch(/^[0-9a-f]{32}$/)
  const client = connectAs(pipe.token.slice(0, 7))
  client.write(`${pipe.token.slice(7)}the first`)
  const socket = await pipe.socket
  client.end(' and the last')
  let text = ''
  socket.setEncoding('utf8').on('data', piece => {
    text += piece
  })
  await until('the text', () => text === 'the first and the last')
  expect(clock.timerCount).toBe(0)
})

test('closes what nobody waits for', async () => {
  const pipe = listener.expect()
  pipe.forget()
  for (const token of [pipe.token, 'f'.repeat(32), 'x'.repeat(1000)]) {
    const client = connectAs(token)
    await until('the end', () => client.destroyed)
  }
})

test('closes what does not say in time what it is', async () => {
  const client = connectAs('half a token')
  await until('the connection', () => clock.timerCount === 1)
  await clock.advance(30_000)
  await until('the end', () => client.destroyed)
})

test('lives in a folder of its own, and takes it away', async () => {
  expect(statSync(dirname(listener.path)).mode & 0o777).toBe(0o700)
  listener[Symbol.dispose]()
  await until('the folder to be gone', () => !existsSync(dirname(listener.path)))
})
