import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Reception } from '#media/rtp/reception.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

const setUp = (clockRate = 90_000) => {
  const clock = new HeldClock()
  const reception = new Reception(clockRate, clock)
  const take = (...sequenceNumbers: readonly number[]): void => {
    for (const sequenceNumber of sequenceNumbers) reception.take(7, sequenceNumber, 0)
  }
  return { clock, reception, take }
}

describe('a report', () => {
  test.each([
    { name: 'of nothing lost', taken: [1, 2, 3], lostCount: 0, fractionLost: 0, highestSequence: 3 },
    { name: 'of a quarter lost', taken: [1, 2, 4], lostCount: 1, fractionLost: 64, highestSequence: 4 },
    { name: 'of duplicates', taken: [1, 1, 2], lostCount: -1, fractionLost: 0, highestSequence: 2 },
    { name: 'of one that came late', taken: [1, 3, 2], lostCount: 0, fractionLost: 0, highestSequence: 3 },
    { name: 'around the circle', taken: [65_535, 0, 2], lostCount: 1, fractionLost: 64, highestSequence: 65_538 },
    { name: 'without a stray', taken: [1, 9000, 2], lostCount: 0, fractionLost: 0, highestSequence: 2 },
    { name: 'of a new beginning', taken: [1, 3, 9000, 9001], lostCount: 0, fractionLost: 0, highestSequence: 9001 },
  ])('$name', ({ name: _, taken, ...expected }) => {
    const { reception, take } = setUp()
    expect(reception.begun).toBe(false)
    take(...taken)
    expect(reception.begun).toBe(true)
    expect(reception.report()).toMatchObject({ ssrc: 7, ...expected })
  })

  test('tells of the time since the last one only', () => {
    const { reception, take } = setUp()
    take(1, 3)
    expect(reception.report().fractionLost).toBe(85)
    take(4, 5)
    expect(reception.report()).toMatchObject({ fractionLost: 0, lostCount: 1 })
    expect(reception.report().fractionLost).toBe(0)
  })

  test('names the last report of the sender, and how long ago it came', async () => {
    const { reception, take, clock } = setUp()
    take(1)
    expect(reception.report()).toMatchObject({ lastSenderReport: 0, delaySinceLastSenderReport: 0 })
    const ntpTime = { seconds: 0x1234abcd, fraction: 0xef015678 }
    reception.heard({ type: 'SR', ssrc: 7, ntpTime, rtpTimestamp: 0, packetCount: 0, octetCount: 0, reports: [] })
    await clock.advance(500)
    expect(reception.report()).toMatchObject({ lastSenderReport: 0xabcdef01, delaySinceLastSenderReport: 32_768 })
  })
})

test('losses add up over several senders', () => {
  const { reception, take } = setUp()
  take(1, 3)
  reception.take(8, 100, 0)
  reception.take(8, 103, 0)
  expect(reception.lostCount).toBe(3)
})

test('jitter is the smoothed difference of times in transit', async () => {
  const { reception, clock } = setUp(1000)
  for (let index = 0; index < 200; index++) {
    reception.take(7, index, index * 40)
    // 40 ms and 8 ms more or less.
    await clock.advance(index % 2 === 0 ? 48 : 32)
  }
  expect(reception.jitterMs).toBeGreaterThan(7)
  expect(reception.jitterMs).toBeLessThan(9)
  reception.take(7, 200, 2 ** 31)
  expect(reception.jitterMs).toBeLessThan(9)
})

test('of any packets there is a report that fits its fields', () => {
  const packet = fc.tuple(fc.nat(2), fc.oneof(fc.nat(50), fc.nat(65_535)), fc.nat(0xffff_ffff))
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 100 }), packets => {
      const { reception } = setUp()
      for (const [ssrc, sequence, timestamp] of packets) reception.take(ssrc, sequence, timestamp)
      const report = reception.report()
      expect(report.fractionLost).toBeGreaterThanOrEqual(0)
      expect(report.fractionLost).toBeLessThanOrEqual(255)
      for (const value of Object.values(report)) expect(Number.isInteger(value)).toBe(true)
      expect(reception.lostCount).toBeGreaterThanOrEqual(0)
    }),
  )
})
