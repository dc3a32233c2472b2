import { expect, test } from 'vitest'
import { h264 } from '#media/codecs/h264/h264.ts'
import { fixtureTrack } from '#test/helpers/media-fixture.ts'

const { codec, configuration } = fixtureTrack('h264-slices.mp4', 'video')

test('knows the configuration that a session description tells', () => {
  expect(h264.configuration(codec)).toEqual(configuration)
  expect(h264.formatParameters(configuration)).toBe(codec.formatParameters)
})

test('knows none when half of it is missing', () => {
  const half = `sprop-parameter-sets=${configuration[0]?.toString('base64')}`
  expect(h264.configuration({ ...codec, formatParameters: half })).toEqual([])
})

test('tells what begins and what leads a picture', () => {
  const idr = Buffer.from('6588', 'hex')
  const sps = configuration[0]!
  expect([h264.startsKeyframe(idr), h264.leadsPicture(idr)]).toEqual([true, false])
  expect([h264.startsKeyframe(sps), h264.leadsPicture(sps)]).toEqual([false, true])
})
