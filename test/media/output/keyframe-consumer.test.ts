import { expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import { Track, type UnitTrack } from '#media/core/track.ts'
import { type Keyframe, keyframeConsumer } from '#media/output/keyframe-consumer.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'

const trackOf = (codec: Codec): UnitTrack =>
  new Track({ form: 'units', codec, budget: { bytesMax: 1e8, bytesUsed: 0 } })

const taking = (track: UnitTrack) => {
  const taken: Keyframe[] = []
  const request = { remoteAddress: '', userAgent: '', taken: (keyframe: Keyframe) => void taken.push(keyframe) }
  const consumer = keyframeConsumer(request, { clock: new HeldClock() })
  consumer.attach(consumer.medias[0]!, track)
  consumer.start()
  return { taken, consumer }
}

test('takes the keyframe that is kept, with its parameter sets, and leaves', async () => {
  const film = fixtureTrack('h264-slices.mp4', 'video')
  const track = trackOf(film.codec)
  const units = unitsOf(film)
  for (const unit of units) track.push(unit)
  const { taken, consumer } = taking(track)
  const last = units.findLast(unit => unit.keyframe)
  expect(taken.map(({ unit, configuration }) => [unit, configuration])).toEqual([[last, film.configuration]])
  expect((await consumer.closed).code).toBe('done')
  expect(track.idle).toBe(true)
})

test('waits for the next where none is kept', () => {
  const film = fixtureTrack('h265.mp4', 'video')
  const [first, ...others] = unitsOf(film)
  const track = trackOf(film.codec)
  const { taken } = taking(track)
  for (const unit of others.filter(({ keyframe }) => !keyframe)) track.push(unit)
  expect(taken).toEqual([])
  track.push(first!)
  expect(taken.map(({ unit }) => unit)).toEqual([first])
})

test('passes over five uncompressed pictures of one colour, and no more', () => {
  const formatParameters = 'sampling=YCbCr-4:2:0;width=4;height=2'
  const track = trackOf({ kind: 'video', name: 'RAW', clockRate: 90_000, channels: 0, formatParameters })
  const { taken } = taking(track)
  const black = Buffer.alloc(12, 16)
  for (let count = 0; count < 5; count++) track.push(frameUnit(black, count))
  expect(taken).toEqual([])
  track.push(frameUnit(black, 5))
  expect(taken).toHaveLength(1)
})
