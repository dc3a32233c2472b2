import { expect, test } from 'vitest'
import { ReportedClock } from '#media/rtp/reported-clock.ts'

const REPORT_MS = 5_000

/** Reports of a clock that is `ppm` too fast, until `untilMs`. */
const report = (clock: ReportedClock, ppm: number, untilMs: number, noise = (_index: number) => 0): void => {
  for (let elapsed = REPORT_MS, index = 0; elapsed <= untilMs; elapsed += REPORT_MS, index++)
    expect(clock.add(1000 + (elapsed * ppm) / 1e6 + noise(index), elapsed)).toBe(true)
}

test('one report is believed as it is', () => {
  const clock = new ReportedClock(1000, 50)
  expect(clock.originAt(50)).toBe(1000)
  expect(clock.originAt(1e6)).toBe(1000)
})

test('what is said inexactly is smoothed', () => {
  const clock = new ReportedClock(1000, 0)
  report(clock, 0, 3_600_000, index => (index % 2 === 0 ? 40 : -40))
  expect(Math.abs(clock.originAt(3_600_000) - 1000)).toBeLessThan(15)
})

test.each([300, -300])('crystals that differ by %d ppm are learned, and known where reports are missing', ppm => {
  const clock = new ReportedClock(1000, 0)
  report(clock, ppm, 3_600_000)
  expect(clock.drift * 1e6).toBeCloseTo(ppm, 0)
  const later = 3_600_000 + 600_000
  expect(clock.originAt(later)).toBeCloseTo(1000 + (later * ppm) / 1e6, 0)
})

test('no more is learned than crystals can differ by', () => {
  const clock = new ReportedClock(1000, 0)
  report(clock, 2000, 3_600_000)
  expect(clock.drift).toBe(500e-6)
})

test('reports at once teach nothing of crystals', () => {
  const clock = new ReportedClock(1000, 0)
  clock.add(1400, 999)
  expect(clock.drift).toBe(0)
})

test('another clock is not taken in', () => {
  const clock = new ReportedClock(1000, 0)
  expect(clock.add(1501, 5000)).toBe(false)
  expect(clock.add(499, 5000)).toBe(false)
  expect(clock.originAt(5000)).toBe(1000)
  expect(clock.count).toBe(1)
})
