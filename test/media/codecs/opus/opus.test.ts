import { expect, test } from 'vitest'
import { opus } from '#media/codecs/opus/opus.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'
import { groupOf, joined } from '#test/helpers/rtp-packets.ts'

test('packets give back the frames they were made of', () => {
  const track = fixtureTrack('opus.mp4', 'audio')
  const units = unitsOf(track, 48_000)
  const depacketizer = opus.depacketizer(track.codec)!
  const back: AccessUnit[] = []
  for (const unit of units) {
    const payloads = joined(opus.packetizer(track.codec, 1460)!.packetize(unit))
    depacketizer.push(groupOf(payloads, { time: unit.decodingTime }), one => back.push(one))
  }
  expect(back.length).toBeGreaterThan(90)
  expect(back.map(unit => unit.sample)).toEqual(units.map(unit => unit.sample))
  expect(back.map(unit => unit.decodingTime)).toEqual(units.map(unit => unit.decodingTime))
})

test('needs no configuration', () => {
  const { codec } = fixtureTrack('opus.mp4', 'audio')
  expect(codec).toMatchObject({ name: 'OPUS', clockRate: 48_000, channels: 2 })
  expect(opus.configuration(codec)).toEqual([])
})
