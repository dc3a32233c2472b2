import { expect, test } from 'vitest'
import { Linger } from '#media/streams/linger.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

test('without a time, what is not used goes at once', () => {
  const released: string[] = []
  const linger = new Linger<string>(new HeldClock(), 0, thing => released.push(thing))
  linger.see('a', true)
  linger.see('b', false)
  expect(released).toEqual(['b'])
})

test('what is used again in time stays', async () => {
  const clock = new HeldClock()
  const released: string[] = []
  const linger = new Linger<string>(clock, 5000, thing => released.push(thing))
  linger.see('a', false)
  linger.see('b', false)
  await clock.advance(3000)
  linger.see('b', false)
  linger.see('a', true)
  await clock.advance(3000)
  expect(released).toEqual(['b'])
  linger.see('a', false)
  linger[Symbol.dispose]()
  expect(clock.timerCount).toBe(0)
})
