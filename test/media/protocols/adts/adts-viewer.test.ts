import { expect, test } from 'vitest'
import { adtsViewer } from '#media/protocols/adts/adts-viewer.ts'
import { decodedHashes } from '#test/helpers/ffmpeg.ts'
import { fixtureTrack } from '#test/helpers/media-fixture.ts'
import { feed } from '#test/helpers/muxing.ts'

test('a viewer of ADTS gets every frame, and nothing of the pictures', async () => {
  const sound = fixtureTrack('h264-b-frames-aac.mp4', 'audio')
  const { viewer, sink, openedCount } = feed(adtsViewer, [fixtureTrack('h264-b-frames-aac.mp4', 'video'), sound])
  expect(openedCount()).toBe(1)
  const { hashes, complaints } = await decodedHashes('audio', sink.bytes)
  expect(complaints.filter(line => !line.includes('Estimating duration'))).toEqual([])
  expect(hashes.length).toBeGreaterThanOrEqual(sound.samples.length - 1)
  expect(viewer.info).toMatchObject({ formatName: 'adts', protocol: 'http', bytesSent: sink.bytes.length })
})
