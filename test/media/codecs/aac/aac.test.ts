import { expect, test } from 'vitest'
import { aac } from '#media/codecs/aac/aac.ts'
import { fixtureTrack } from '#test/helpers/media-fixture.ts'

const { codec, configuration } = fixtureTrack('h264-b-frames-aac.mp4', 'audio')

test('knows the configuration that a session description tells', () => {
  expect(aac.configuration(codec)).toEqual(configuration)
  expect(aac.formatParameters(configuration)).toBe(codec.formatParameters)
})

test('may begin with any packet', () => {
  expect([aac.startsKeyframe(Buffer.alloc(0)), aac.leadsPicture(Buffer.alloc(0))]).toEqual([true, false])
})
