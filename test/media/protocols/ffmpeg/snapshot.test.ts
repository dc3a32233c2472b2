import { afterAll, describe, expect, test } from 'vitest'
import { ffmpegTemplates } from '#media/protocols/ffmpeg/ffmpeg-templates.ts'
import { Snapshots, snapshotCommand } from '#media/protocols/ffmpeg/snapshot.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { realSpawner } from '#test/helpers/real-spawner.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

const spawner = realSpawner()
const folder = new TemporaryFolder()
afterAll(async () => {
  await spawner[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const templates = ffmpegTemplates()
const signal = new AbortController().signal
const hardware = { detect: async () => 'vaapi' as const }

test.each([
  [{}, '-i - -c:v mjpeg -f mjpeg -'],
  [{ width: 640 }, '-i - -c:v mjpeg -vf "scale=640:-1" -f mjpeg -'],
  [{ height: 480, rotate: 180 }, '-i - -c:v mjpeg -vf "scale=-1:480,transpose=1,transpose=1" -f mjpeg -'],
  [{ rotate: 45 }, '-i - -c:v mjpeg -f mjpeg -'],
  [
    { hardware: '' },
    '-hwaccel vaapi -hwaccel_output_format vaapi -hwaccel_flags allow_profile_mismatch -i - -c:v mjpeg_vaapi -vf "format=vaapi|nv12,hwupload" -f mjpeg -',
  ],
  [{ hardware: 'software' }, '-i - -c:v mjpeg -f mjpeg -'],
  [
    { hardware: 'vaapi', width: 10 },
    '-hwaccel vaapi -hwaccel_output_format vaapi -hwaccel_flags allow_profile_mismatch -i - -c:v mjpeg_vaapi -vf "format=vaapi|nv12,hwupload,scale_vaapi=10:-1" -f mjpeg -',
  ],
])('a picture with %o is made by %s', (change, line) => {
  expect(snapshotCommand(change, templates, 'vaapi')).toBe(`ffmpeg -hide_banner -v error ${line}`)
})

/** The first picture of a film, as a camera's keyframe is kept. */
const keyframe = async (film: string, format: string): Promise<Buffer> => {
  const file = folder.at(`${film}.${format}`)
  await runProgram('ffmpeg', ['-i', fixturePath(film), '-c:v', 'copy', '-an', '-frames:v', '1', '-f', format, file])
  return folder.contents().get(`${film}.${format}`)!
}

const sizeOf = async (jpeg: Buffer): Promise<string> => {
  const shown = ['-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0', '-']
  return (await runProgram('ffprobe', shown, jpeg)).output.trim()
}

describe('a picture', () => {
  const snapshots = new Snapshots({ spawner, clock: systemClock, templates, hardware })

  test.each([
    ['h264-slices.mp4', 'h264'],
    ['h265.mp4', 'hevc'],
  ])('is made of a keyframe of %s', async (film, format) => {
    const jpeg = await snapshots.take(await keyframe(film, format), { width: 64, height: 48, rotate: 90 }, signal)
    expect(await sizeOf(jpeg)).toBe('mjpeg,48,64')
  })

  test('of what is none is refused, and so is one too many', async () => {
    await expect(snapshots.take(Buffer.from('no picture'), {}, signal)).rejects.toMatchObject({
      ...{ code: 'program_failed', message: expect.stringMatching(/^ffmpeg ended with code 1: /) },
    })
    const frame = await keyframe('h264-slices.mp4', 'h264')
    const many = await Promise.allSettled(Array.from({ length: 17 }, () => snapshots.take(frame, {}, signal)))
    expect(many.filter(({ status }) => status === 'fulfilled')).toHaveLength(16)
    expect(many[16]).toMatchObject({ reason: { code: 'limit' } })
  })
})
