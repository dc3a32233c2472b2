import { expect, test } from 'vitest'
import { StderrNotices } from '#media/processes/stderr-notices.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

const setUp = () => {
  const clock = new HeldClock()
  const told: (readonly [string, number])[] = []
  const notices = new StderrNotices((text, dropped) => told.push([text, dropped]), clock)
  return { clock, told, notices }
}

test('collects what comes in a tenth of a second', async () => {
  const { clock, told, notices } = setUp()
  notices.add(Buffer.from('one\n'))
  notices.add(Buffer.from('two\n'))
  await clock.advance(99)
  expect(told).toEqual([])
  await clock.advance(1)
  expect(told).toEqual([['one\ntwo\n', 0]])
  notices.add(Buffer.from('three\n'))
  notices[Symbol.dispose]()
  notices[Symbol.dispose]()
  expect(told[1]).toEqual(['three\n', 0])
  expect(clock.timerCount).toBe(0)
})

test('tells 4 KiB, and counts the rest', async () => {
  const { clock, told, notices } = setUp()
  notices.add(Buffer.alloc(4000, 'a'))
  notices.add(Buffer.alloc(1000, 'b'))
  notices.add(Buffer.alloc(1000, 'c'))
  await clock.advance(100)
  expect(told).toEqual([[`${'a'.repeat(4000)}${'b'.repeat(96)}`, 1904]])
})
