import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SimulatedInstant, type SimulatedTrack, simulate } from '#test/helpers/simulated-camera.ts'

const HOUR_MS = 3_600_000

const video: SimulatedTrack = {
  clockRate: 90_000,
  periodMs: 200,
  ppm: 0,
  delayMs: 100,
  jitter: () => 0,
  report: wallTime => wallTime,
}
const audio: SimulatedTrack = { ...video, clockRate: 8_000, periodMs: 128, delayMs: 10 }

/** The same numbers for the same seed, evenly from 0 to 1. */
const random =
  (seed: number) =>
  (index: number): number => {
    let state = (seed + index * 0x9e37_79b9) >>> 0
    state = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b)
    state = Math.imul(state ^ (state >>> 13), 0xc2b2_ae35)
    return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32
  }

/** Plays a camera and checks that no track's time goes back. Keeps the last `keptMs` of it. */
const play = (tracks: readonly SimulatedTrack[], lastsMs: number, keptMs = lastsMs): SimulatedInstant[] => {
  const last = tracks.map(() => Number.NEGATIVE_INFINITY)
  const kept: SimulatedInstant[] = []
  let setbacks = 0
  for (const instant of simulate(tracks, lastsMs)) {
    const { track, timeMs, realMs } = instant
    if (timeMs < last[track]!) setbacks++
    last[track] = timeMs
    if (realMs >= lastsMs - keptMs) kept.push(instant)
  }
  expect(setbacks).toBe(0)
  return kept
}

/** By how many milliseconds the first track's time is behind the second's, for what was at the same moment. */
const apart = (instants: readonly SimulatedInstant[]): number => {
  const [one, other] = [0, 1].map(track => instants.findLast(instant => instant.track === track)!)
  return one!.timeMs - one!.realMs - (other!.timeMs - other!.realMs)
}

/** The largest distance between when something of a track came, or was, and its time. */
const worst = (instants: readonly SimulatedInstant[], of: 'arrivedMs' | 'realMs', track = 0): number =>
  Math.max(...instants.filter(one => one.track === track).map(one => Math.abs(one.timeMs - one[of])))

const MINUTE_MS = 60_000

describe('a track without reports', () => {
  const alone = { ...video, report: () => undefined }

  test('begins at the clock, and goes on as it is dated', () => {
    const instants = play([alone], 9_000)
    expect(instants.map(({ timeMs, realMs }) => timeMs - realMs)).toEqual(instants.map(() => 100))
  })

  test('stays within milliseconds of the clock for ten hours, whatever its crystal and the network', () => {
    const inputs = fc.record({
      ppm: fc.integer({ min: -200, max: 200 }),
      jitterMs: fc.constantFrom(0, 5, 50, 400),
      seed: fc.nat(),
    })
    fc.assert(
      fc.property(inputs, ({ ppm, jitterMs, seed }) => {
        const late = random(seed)
        const jitter = (index: number): number => (index === 0 ? 0 : late(index) ** 2 * jitterMs)
        const instants = play([{ ...alone, ppm, jitter }], 10 * HOUR_MS, MINUTE_MS)
        // The least delayed packet of each ten seconds is on time: delayed by its encoding alone.
        const ready = instants.map(one => ({ ...one, realMs: one.realMs + video.delayMs }))
        expect(worst(ready, 'realMs')).toBeLessThan(20)
      }),
      { numRuns: 8, endOnFailure: true },
    )
  })

  test('comes back to the clock after a burst of what was before', () => {
    // A camera that begins with two seconds of its past.
    const jitter = (index: number): number => (index < 10 ? 2000 - index * 200 : 0)
    const instants = play([{ ...alone, jitter }], HOUR_MS)
    expect(instants[20]!.timeMs - instants[20]!.arrivedMs).toBeCloseTo(2000, 0)
    expect(worst(instants.slice(-300), 'arrivedMs')).toBeLessThan(5)
  })

  test('is moved by half a percent at most', () => {
    const jitter = (index: number): number => (index < 10 ? 2000 - index * 200 : 0)
    const instants = play([{ ...alone, jitter }], HOUR_MS)
    const steps = instants.slice(1).map(({ timeMs }, index) => Math.abs(timeMs - instants[index]!.timeMs - 200))
    expect(Math.max(...steps)).toBeLessThanOrEqual(1.02)
  })
})

describe('two tracks', () => {
  test('are put together by their first reports', () => {
    const instants = play([video, audio], 9_000)
    // Their delays differ by 90 ms, which is what arrivals alone would tell.
    const [first] = instants.filter(({ track }) => track === 0)
    const [other] = instants.filter(({ track }) => track === 1)
    expect(first!.timeMs - first!.realMs - (other!.timeMs - other!.realMs)).toBeCloseTo(90, 0)
    expect(Math.abs(apart(instants))).toBeLessThan(1)
  })

  test('stay together, and with the clock, for ten hours of different crystals', () => {
    const inputs = fc.record({
      ppm: fc.integer({ min: -200, max: 200 }),
      otherPpm: fc.integer({ min: -200, max: 200 }),
      jitterMs: fc.constantFrom(0, 20, 200),
      lossPercent: fc.constantFrom(0, 50),
      seed: fc.nat(),
    })
    fc.assert(
      fc.property(inputs, ({ ppm, otherPpm, jitterMs, lossPercent, seed }) => {
        const late = random(seed)
        const jitter = (index: number): number => late(index) ** 2 * jitterMs
        // Each track loses reports, and says them inexactly, on its own.
        const report = (track: number) => (wallTime: number, index: number) =>
          late(index + track * 1e6) * 100 < lossPercent ? undefined : wallTime + late(index + track * 2e6) * 10 - 5
        const tracks = [
          { ...video, ppm, jitter, report: report(1) },
          { ...audio, ppm: otherPpm, jitter, report: report(3) },
        ]
        const instants = play(tracks, 10 * HOUR_MS, MINUTE_MS)
        expect(Math.abs(apart(instants))).toBeLessThan(20)
        expect(worst(instants, 'arrivedMs', 1)).toBeLessThan(jitterMs + 30)
      }),
      // The example, crystals far apart and half of the reports missing, is what their difference is learned for.
      {
        numRuns: 6,
        endOnFailure: true,
        examples: [[{ ppm: 198, otherPpm: -123, jitterMs: 20, lossPercent: 50, seed: 20 }]],
      },
    )
  })

  test('stay together when the camera sets its clock', () => {
    fc.assert(
      fc.property(fc.integer({ min: -86_400_000, max: 86_400_000 }), fc.integer({ min: 5, max: 60 }), (byMs, at) => {
        const report = (wallTime: number, index: number) => wallTime + (index >= at ? byMs : 0)
        const tracks = [
          { ...video, ppm: 100, report },
          { ...audio, ppm: -100, report },
        ]
        const instants = play(tracks, HOUR_MS / 4)
        expect(Math.abs(apart(instants))).toBeLessThan(15)
        for (const track of [0, 1]) expect(worst(instants, 'realMs', track)).toBeLessThan(130)
      }),
      { numRuns: 20 },
    )
  })

  const nonsense: readonly (readonly [string, SimulatedTrack['report']])[] = [
    ['zeros', () => -2_208_988_800_000],
    ['always the same time', () => 1_600_000_000_000],
    ['a time of its own for each track', (wallTime, index) => wallTime + index * 10_000],
    ['a time that jumps', (wallTime, index) => wallTime + random(index)(1) * 1e9],
    ['another clock than the other', wallTime => wallTime - 1_700_000_000_000],
  ]

  test.each(nonsense)('are held by their arrivals when one reports nonsense: %s', (_name, report) => {
    const tracks = [
      { ...video, ppm: 150 },
      { ...audio, ppm: -150, report },
    ]
    const instants = play(tracks, 5 * HOUR_MS, MINUTE_MS)
    for (const track of [0, 1]) expect(worst(instants, 'arrivedMs', track)).toBeLessThan(20)
  })

  test('of a camera that counts from its start are together all the same', () => {
    const report = (wallTime: number) => wallTime - 1_700_000_000_000 - 2_208_988_800_000 + 60_000
    const instants = play(
      [
        { ...video, report },
        { ...audio, report },
      ],
      60_000,
    )
    expect(Math.abs(apart(instants))).toBeLessThan(1)
  })

  test('of whom one begins later are together', () => {
    const late = { ...audio, report: (wallTime: number, index: number) => (index < 10 ? undefined : wallTime) }
    const instants = play([video, late], HOUR_MS / 4)
    expect(Math.abs(apart(instants))).toBeLessThan(2)
  })
})

test('whatever reports say, no track goes back and none leaves the clock by more than its reports may move it', () => {
  const said = fc.oneof(
    fc.constant(undefined),
    fc.integer({ min: -3_000, max: 3_000 }),
    fc.integer({ min: -1e12, max: 1e12 }),
  )
  fc.assert(
    fc.property(
      fc.array(said, { minLength: 1, maxLength: 30 }),
      fc.array(said, { minLength: 1, maxLength: 30 }),
      (one, other) => {
        const report = (offsets: readonly (number | undefined)[]) => (wallTime: number, index: number) => {
          const offset = offsets[index % offsets.length]
          return offset === undefined ? undefined : wallTime + offset
        }
        const tracks = [
          { ...video, report: report(one) },
          { ...audio, report: report(other) },
        ]
        const instants = play(tracks, 10 * MINUTE_MS)
        for (const track of [0, 1]) expect(worst(instants, 'arrivedMs', track)).toBeLessThan(5_000)
      },
    ),
    { numRuns: 40 },
  )
})
