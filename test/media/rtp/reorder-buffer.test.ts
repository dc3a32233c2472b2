import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ReorderBuffer } from '#media/rtp/reorder-buffer.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { rtpPacket } from '#test/helpers/rtp-packets.ts'

const nothing = Buffer.alloc(0)

const setUp = () => {
  const clock = new HeldClock()
  const delivered: number[] = []
  const buffer = new ReorderBuffer({ clock, deliver: packet => delivered.push(packet.sequenceNumber) })
  const push = (...sequenceNumbers: readonly number[]): void => {
    for (const sequenceNumber of sequenceNumbers) buffer.push(rtpPacket({ payload: nothing, sequenceNumber }))
  }
  return { clock, delivered, buffer, push }
}

const span = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index)

describe('packets', () => {
  test.each([
    { name: 'in sequence go on at once', pushed: [5, 6, 7], delivered: [5, 6, 7] },
    { name: 'around the end of the circle do', pushed: [65_535, 1, 0, 2], delivered: [65_535, 0, 1, 2] },
    { name: 'that changed places are put back', pushed: [5, 8, 7, 6, 9], delivered: [5, 6, 7, 8, 9] },
    { name: 'behind a missing one wait', pushed: [5, 7, 8], delivered: [5] },
    { name: 'that come twice are dropped', pushed: [5, 5, 7, 7, 6, 6], delivered: [5, 6, 7] },
    { name: 'before the first are dropped', pushed: [5, 4, 6], delivered: [5, 6] },
    { name: 'far off are dropped when they are alone', pushed: [5, 40_000, 6], delivered: [5, 6] },
    {
      name: 'far off are a new beginning when there are two',
      pushed: [5, 7, 40_000, 40_001],
      delivered: [5, 7, 40_001],
    },
    { name: 'beyond the room give up what is missing', pushed: [5, 7, 600, 601], delivered: [5, 7, 600, 601] },
    { name: 'far beyond the room begin there', pushed: [5, 1000, 1001], delivered: [5, 1000, 1001] },
  ])('$name', ({ pushed, delivered: expected }) => {
    const { push, delivered } = setUp()
    push(...pushed)
    expect(delivered).toEqual(expected)
  })

  test('wait for a missing one at most 100 ms', async () => {
    const { push, delivered, clock, buffer } = setUp()
    push(1, 3)
    await clock.advance(60)
    push(4, 6)
    expect(delivered).toEqual([1])
    await clock.advance(40)
    expect(delivered).toEqual([1, 3, 4])
    push(2)
    expect(buffer.droppedCount).toBe(1)
    await clock.advance(100)
    expect(delivered).toEqual([1, 3, 4, 6])
    expect(clock.timerCount).toBe(0)
  })

  test('wait for another missing one as long again', async () => {
    const { push, delivered, clock } = setUp()
    push(1, 3)
    await clock.advance(99)
    push(5, 2)
    await clock.advance(99)
    push(4)
    expect(delivered).toEqual([1, 2, 3, 4, 5])
    expect(clock.timerCount).toBe(0)
  })

  test('that wait are no more than there is room for', () => {
    const { push, delivered } = setUp()
    push(0, ...span(2, 511))
    expect(delivered).toEqual([0])
    push(513)
    expect(delivered).toEqual([0, ...span(2, 512)])
  })

  test('of a new sender come behind those of the one before', () => {
    const { buffer, push, delivered } = setUp()
    push(1, 3)
    buffer.push(rtpPacket({ payload: nothing, sequenceNumber: 900, ssrc: 1 }))
    expect(delivered).toEqual([1, 3, 900])
  })
})

test('its end leaves nothing behind, and nothing comes after', async () => {
  const { buffer, push, delivered, clock } = setUp()
  push(1, 3)
  buffer[Symbol.dispose]()
  push(2)
  await clock.advance(1000)
  expect(delivered).toEqual([1])
  expect(clock.timerCount).toBe(0)
})

test('what a network does to packets, within bounds, is undone', async () => {
  const delays = fc.array(fc.record({ delay: fc.nat(40), lost: fc.boolean(), twice: fc.boolean() }), {
    minLength: 1,
    maxLength: 300,
  })
  await fc.assert(
    fc.asyncProperty(delays, fc.nat(65_535), async (packets, first) => {
      const { clock, push, delivered } = setUp()
      const sent = packets.flatMap(({ delay, lost, twice }, index) => {
        const arrival = { at: index + delay, sequence: (first + index) & 0xffff }
        return lost && index > 0 && delay % 4 === 0
          ? []
          : twice
            ? [arrival, { ...arrival, at: arrival.at + 3 }]
            : [arrival]
      })
      // The first one is where it begins: nothing overtakes it.
      sent[0]!.at = -1
      let now = 0
      for (const { at, sequence } of sent.toSorted((one, other) => one.at - other.at)) {
        if (at > now) await clock.advance(at - now)
        now = Math.max(now, at)
        push(sequence)
      }
      await clock.advance(1000)
      const expected = [...new Set(sent.map(({ sequence }) => sequence))]
      expect(delivered).toEqual(expected)
      expect(clock.timerCount).toBe(0)
    }),
    { numRuns: 50 },
  )
})

test('of any packets no more are delivered than came', () => {
  const numbers = fc.array(fc.oneof(fc.nat(700), fc.nat(65_535)), { maxLength: 200 })
  fc.assert(
    fc.property(numbers, sequenceNumbers => {
      const { push, delivered } = setUp()
      push(...sequenceNumbers)
      expect(delivered.length).toBeLessThanOrEqual(sequenceNumbers.length)
    }),
  )
})
