import { expect, test } from 'vitest'
import { framePacketizer } from '#media/codecs/frame-packetizer.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'

test('a frame is one payload', () => {
  const [unit] = unitsOf(fixtureTrack('opus.mp4', 'audio'))
  expect(framePacketizer.packetize(unit!)).toEqual([[unit!.sample]])
})
