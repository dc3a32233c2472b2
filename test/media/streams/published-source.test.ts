import { beforeEach, expect, test } from 'vitest'
import { PublishedSource } from '#media/streams/published-source.ts'
import type { FactCause } from '#media/streams/stream-facts.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { h264, ScriptedProducer } from '#test/helpers/scripted-source.ts'

let clock: HeldClock
let wanted: boolean
let revivals: number
let over: FactCause[]
let source: PublishedSource

beforeEach(() => {
  clock = new HeldClock()
  wanted = true
  revivals = 0
  over = []
  source = new PublishedSource({
    clock,
    wanted: () => wanted,
    changed: () => {},
    ended: () => {},
    revived: () => {
      revivals++
    },
    over: cause => over.push(cause),
  })
})

const publisher = (): ScriptedProducer => new ScriptedProducer([h264], dialContext())

test('is live while somebody publishes', async () => {
  const first = publisher()
  source.adopt(first)
  expect(source.state).toBe('live')
  expect(await source.demand()).toBe(first)
  expect(revivals).toBe(1)
})

test('whoever comes back in time goes on where the one before left', async () => {
  const first = publisher()
  source.adopt(first)
  first.push(0, true, 1, 'xy')
  first.close({ code: 'closed_by_peer', message: 'gone' })
  await settled()
  expect(source.state).toBe('waiting')
  await expect(source.demand()).rejects.toMatchObject({ code: 'closed_by_peer' })
  await clock.advance(10_000)
  source.adopt(publisher())
  await clock.advance(100_000)
  expect([source.state, revivals, over, source.receivedBytes]).toEqual(['live', 2, [], 2])
})

test('its viewers wait for a while and not for ever', async () => {
  source.adopt(publisher())
  source.producer!.close()
  await clock.advance(14_999)
  expect(over).toEqual([])
  await clock.advance(1)
  expect(over).toMatchObject([{ code: 'publisher_left' }])
  expect(clock.timerCount).toBe(0)
})

test('is over at once when nobody watches', async () => {
  wanted = false
  source.adopt(publisher())
  source.producer!.close({ code: 'silent', message: 'silent' })
  await settled()
  expect(over).toEqual([{ code: 'silent', message: 'silent' }])
})

test('is not let go by the stream while somebody publishes', async () => {
  const first = publisher()
  source.adopt(first)
  source.release()
  expect(first.ended).toBe(false)
  first.close()
  await settled()
  source.release()
  expect(over).toHaveLength(1)
})
