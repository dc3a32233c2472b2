import { expect, test } from 'vitest'
import { h265 } from '#media/codecs/h265/h265.ts'
import { fixtureTrack } from '#test/helpers/media-fixture.ts'

const { codec, configuration } = fixtureTrack('h265.mp4', 'video')

test('knows the configuration that a session description tells', () => {
  expect(configuration).toHaveLength(3)
  expect(h265.configuration(codec)).toEqual(configuration)
  expect(h265.formatParameters(configuration)).toBe(codec.formatParameters)
})

test('knows none when a part of it is missing', () => {
  const part = `sprop-sps=${configuration[1]?.toString('base64')}`
  expect(h265.configuration({ ...codec, formatParameters: part })).toEqual([])
})

test('tells what begins and what leads a picture', () => {
  const idr = Buffer.from('2601af', 'hex')
  const vps = configuration[0]!
  expect([h265.startsKeyframe(idr), h265.leadsPicture(idr)]).toEqual([true, false])
  expect([h265.startsKeyframe(vps), h265.leadsPicture(vps)]).toEqual([false, true])
})
