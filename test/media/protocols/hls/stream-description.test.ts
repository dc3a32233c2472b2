import { expect, test } from 'vitest'
import { describeTracks } from '#media/protocols/hls/stream-description.ts'
import { fixtureTrack } from '#test/helpers/media-fixture.ts'

const pictures = fixtureTrack('h264-b-frames-aac.mp4', 'video')
const sound = fixtureTrack('h264-b-frames-aac.mp4', 'audio')

test('describes pictures by their codec and size', () => {
  const { codecs, kind, width, height } = describeTracks([pictures, sound])
  expect(codecs).toEqual([expect.stringMatching(/^avc1\.[0-9a-f]{6}$/), 'mp4a.40.2'])
  expect(kind).toBe('video')
  expect([width! > 0, height! > 0]).toEqual([true, true])
})

test('describes sound alone, and what is unknown, by what is known of it', () => {
  expect(describeTracks([sound])).toEqual({ codecs: ['mp4a.40.2'], kind: 'audio' })
  expect(describeTracks([{ ...pictures, configuration: [] }])).toEqual({ codecs: [''], kind: 'video' })
  expect(describeTracks([])).toEqual({ codecs: [] })
})
