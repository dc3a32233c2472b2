import { expect, test } from 'vitest'
import type { Consumer } from '#media/core/consumer.ts'
import { silentLogger } from '#media/runtime/logger.ts'
import { parseMediaRequest } from '#media/streams/media-request.ts'
import { Preload } from '#media/streams/preload.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { ScriptedError } from '#test/helpers/scripted-source.ts'
import { instantPacer } from '#test/helpers/stream-options.ts'

const preloadOf = (clock: HeldClock, add: (consumer: Consumer) => Promise<void>): Preload =>
  new Preload({
    medias: parseMediaRequest('video'),
    query: 'video',
    clock,
    pacer: instantPacer(clock),
    logger: silentLogger,
    add,
  })

test('a refusal is answered by another try, later and later', async () => {
  const clock = new HeldClock()
  let tries = 0
  const preload = preloadOf(clock, async () => {
    tries++
    throw new ScriptedError('connection_refused', 'off')
  })
  await settled()
  expect(tries).toBe(1)
  expect(preload.consumer).toBeUndefined()
  await clock.advance(1000)
  expect(tries).toBe(2)
  await clock.advance(60_000)
  expect(tries).toBeGreaterThan(8)
  expect(tries).toBeLessThan(20)
  preload[Symbol.dispose]()
  expect(clock.timerCount).toBe(0)
})

test('an end is answered by another try, unless it was asked for', async () => {
  const clock = new HeldClock()
  const added: Consumer[] = []
  const preload = preloadOf(clock, async consumer => void added.push(consumer))
  await settled()
  expect(preload.consumer).toBe(added[0])
  added[0]!.close({ code: 'source_changed', message: '' })
  await settled()
  await clock.advance(1000)
  expect(added).toHaveLength(2)
  preload[Symbol.dispose]()
  await settled()
  await clock.advance(100_000)
  expect(added).toHaveLength(2)
  expect(clock.timerCount).toBe(0)
})
