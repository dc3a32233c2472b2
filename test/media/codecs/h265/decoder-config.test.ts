import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readHevcDecoderConfig } from '#media/codecs/h265/decoder-config.ts'
import { splitLengthPrefixed } from '#media/codecs/nal/length-prefixed.ts'
import { fixturePath, fixtureTrack } from '#test/helpers/media-fixture.ts'

test('a record that ffmpeg wrote gives what the MP4 reader finds in it', () => {
  const file = readFileSync(fixturePath('h265.mp4'))
  const record = file.subarray(file.indexOf('hvcC') + 4)
  const { configuration, samples } = fixtureTrack('h265.mp4', 'video')
  const { parameterSets, lengthBytes } = readHevcDecoderConfig(record)
  expect(parameterSets).toEqual(configuration)
  expect(splitLengthPrefixed(samples[0]!.sample!, lengthBytes)).toEqual(samples[0]!.parts)
})
