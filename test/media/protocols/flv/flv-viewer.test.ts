import { expect, test } from 'vitest'
import { flvViewer } from '#media/protocols/flv/flv-viewer.ts'
import { decodedHashes } from '#test/helpers/ffmpeg.ts'
import { fixturePath, fixtureTrack } from '#test/helpers/media-fixture.ts'
import { feed } from '#test/helpers/muxing.ts'

test('a viewer of FLV gets the pictures and the sound of its source', async () => {
  const name = 'h264-b-frames-aac.mp4'
  const { viewer, sink, openedCount } = feed(flvViewer, [fixtureTrack(name, 'video'), fixtureTrack(name, 'audio')])
  expect(openedCount()).toBe(1)
  const ours = await decodedHashes('video', sink.bytes)
  expect(ours.complaints).toEqual([])
  expect(ours.hashes).toEqual((await decodedHashes('video', fixturePath(name))).hashes)
  expect((await decodedHashes('audio', sink.bytes)).hashes.length).toBeGreaterThan(90)
  expect(viewer.info).toMatchObject({ formatName: 'flv', protocol: 'http', bytesSent: sink.bytes.length })
})
