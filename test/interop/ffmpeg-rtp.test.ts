import { expect, test } from 'vitest'
import type { AccessUnit } from '#media/core/access-unit.ts'
import { fixturePath, fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'
import { unitsFromFfmpeg } from '#test/helpers/rtp-peers.ts'

test.concurrent.each([
  { file: 'h264-slices.mp4', kind: 'video', missingMax: 0 },
  { file: 'h264-b-frames-aac.mp4', kind: 'video', missingMax: 0 },
  { file: 'h265.mp4', kind: 'video', missingMax: 0 },
  // ffmpeg puts several frames into a packet, and at the end forgets those that do not fill one.
  { file: 'h264-b-frames-aac.mp4', kind: 'audio', missingMax: 4 },
  { file: 'opus.mp4', kind: 'audio', missingMax: 0 },
] as const)('the $kind of $file that ffmpeg sends by RTP arrives whole', async ({ file, kind, missingMax }) => {
  const source = fixtureTrack(file, kind)
  const map = kind === 'video' ? '0:v' : '0:a'
  const from = ['-re', '-i', fixturePath(file), '-map', map, '-c', 'copy']
  const units = await unitsFromFfmpeg(source.codec, from)
  const sent = unitsOf(source)
  expect(units.length).toBeGreaterThanOrEqual(sent.length - missingMax)
  expect(units.map(unit => unit.sample)).toEqual(sent.slice(0, units.length).map(unit => unit.sample))
  expect(units.map(unit => unit.keyframe)).toEqual(sent.slice(0, units.length).map(unit => unit.keyframe))
  expect(presentation(units)).toEqual(presentation(sent.slice(0, units.length)))
})

/** Presentation times from the first on. */
const presentation = (units: readonly AccessUnit[]): readonly number[] => {
  const times = units.map(unit => unit.decodingTime + unit.compositionOffset)
  return times.map(time => time - times[0]!)
}
