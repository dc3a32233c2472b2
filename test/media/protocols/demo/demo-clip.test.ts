import { describe, expect, test } from 'vitest'
import { describeCodec } from '#media/codecs/describe.ts'
import { DemoClipError, readDemoClip } from '#media/protocols/demo/demo-clip.ts'
import { decodedHashes } from '#test/helpers/ffmpeg.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

const CLIP = new URL('../../../../src/media/protocols/demo/clip.mp4', import.meta.url).pathname

describe('the clip that comes with us', () => {
  test('is 720p with stereo sound, in whole pictures and frames', async () => {
    const clip = await readDemoClip(CLIP)
    expect(clip.tracks.map(track => describeCodec(track.codec))).toEqual(['H264 High 1280×720', 'AAC 48 kHz stereo'])
    expect(clip.durationSeconds).toBe(9.6)
    const count = (track: number): number => clip.schedule.filter(one => one.track === track).length
    expect([count(0), count(1)]).toEqual([240, 450])
    expect(clip.schedule[0]).toMatchObject({ track: 0, atMs: 0, sample: { keyframe: true } })
  })

  test('decodes without complaint', async () => {
    const { hashes, complaints } = await decodedHashes('video', CLIP)
    expect([hashes.length, complaints]).toEqual([240, []])
  })
})

describe('a clip', () => {
  test('is played in the order of its times', async () => {
    const { schedule } = await readDemoClip(fixturePath('h264-b-frames-aac.mp4'))
    const times = schedule.map(one => one.atMs)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    expect(times[0]).toBeGreaterThanOrEqual(0)
  })

  test('that is not there cannot be played', async () => {
    await expect(readDemoClip('/nowhere/clip.mp4')).rejects.toThrow(DemoClipError)
  })

  test('that is no MP4 cannot be played', async () => {
    using folder = new TemporaryFolder()
    await expect(readDemoClip(folder.write('clip.mp4', 'not a film'))).rejects.toThrow(DemoClipError)
  })
})
