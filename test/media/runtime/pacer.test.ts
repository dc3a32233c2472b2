import { expect, test } from 'vitest'
import { Pacer } from '#media/runtime/pacer.ts'
import { millis } from '#media/runtime/units.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

const pacerOf = (clock: HeldClock, random = 0): Pacer =>
  new Pacer({ clock, burst: 3, spacingMs: 100, random: () => random })

test('a few begin at once, the others one after another', async () => {
  const clock = new HeldClock()
  const pacer = pacerOf(clock)
  const begun: number[] = []
  for (let i = 0; i < 6; i++) pacer.admit(() => begun.push(i))
  expect(begun).toEqual([0, 1, 2])
  await clock.advance(100)
  expect(begun).toEqual([0, 1, 2, 3])
  await clock.advance(200)
  expect(begun).toEqual([0, 1, 2, 3, 4, 5])
  expect(clock.timerCount).toBe(0)
})

test('after a pause as many begin at once again, and not more', async () => {
  const clock = new HeldClock()
  const pacer = pacerOf(clock)
  let begun = 0
  for (let i = 0; i < 3; i++) pacer.admit(() => begun++)
  await clock.advance(3_600_000)
  for (let i = 0; i < 6; i++) pacer.admit(() => begun++)
  expect(begun).toBe(6)
})

test('a turn can be taken back', async () => {
  const clock = new HeldClock()
  const pacer = pacerOf(clock)
  let begun = 0
  for (let i = 0; i < 3; i++) pacer.admit(() => begun++)
  pacer.admit(() => begun++)[Symbol.dispose]()
  await clock.advance(1000)
  expect(begun).toBe(3)
})

test('a delay is stretched by a fifth at most', () => {
  expect(pacerOf(new HeldClock(), 0).stretch(millis(1000))).toBe(1000)
  expect(pacerOf(new HeldClock(), 1).stretch(millis(1000))).toBe(1200)
})
