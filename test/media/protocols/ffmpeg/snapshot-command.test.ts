import { expect, test } from 'vitest'
import { ffmpegTemplates } from '#media/protocols/ffmpeg/ffmpeg-templates.ts'
import { pixelsCommand, snapshotCommand } from '#media/protocols/ffmpeg/snapshot-command.ts'

const templates = ffmpegTemplates()
const read = '-r 25 -probesize 32 -analyzeduration 0 -flags low_delay -threads 2 -thread_type slice -f h264 -i -'
const together = '-threads 2 -thread_type slice'
const vaapi = '-hwaccel vaapi -hwaccel_output_format vaapi -hwaccel_flags allow_profile_mismatch'

test.each([
  [{}, `${read} -c:v mjpeg ${together} -f mjpeg -`],
  [{ width: 640 }, `${read} -c:v mjpeg -vf "scale=640:-1" ${together} -f mjpeg -`],
  [
    { height: 480, rotate: 180 },
    `${read} -c:v mjpeg -vf "scale=-1:480,transpose=1,transpose=1" ${together} -f mjpeg -`,
  ],
  [{ rotate: 45 }, `${read} -c:v mjpeg ${together} -f mjpeg -`],
  [{ hardware: '' }, `${vaapi} ${read} -c:v mjpeg_vaapi -vf "format=vaapi|nv12,hwupload" ${together} -f mjpeg -`],
  [{ hardware: 'software' }, `${read} -c:v mjpeg ${together} -f mjpeg -`],
  [
    { hardware: 'vaapi', width: 10 },
    `${vaapi} ${read} -c:v mjpeg_vaapi -vf "format=vaapi|nv12,hwupload,scale_vaapi=10:-1" ${together} -f mjpeg -`,
  ],
])('a picture with %o is made by %s', (change, line) => {
  expect(snapshotCommand('H264', change, templates, 'vaapi')).toBe(`ffmpeg -hide_banner -v error ${line}`)
})

test('each codec is read in a container that tells its pictures apart', () => {
  const formats = (['H264', 'H265', 'RAW', 'JPEG'] as const).map(
    codec => /-f (\S+) -i -/.exec(snapshotCommand(codec, {}, templates, 'software'))?.[1],
  )
  expect(formats).toEqual(['h264', 'hevc', 'yuv4mpegpipe', 'mpjpeg'])
})

test('the templates of the configuration are used', () => {
  const own = ffmpegTemplates({ bin: '/opt/ffmpeg', mjpeg: '-c:v mjpeg -q:v 3', 'output/mjpeg': '-y -f mjpeg -' })
  expect(snapshotCommand('RAW', {}, own, 'software')).toMatch(/^\/opt\/ffmpeg .* -c:v mjpeg -q:v 3 .* -y -f mjpeg -$/)
})

test('pixels are asked for in a size', () => {
  expect(pixelsCommand(80, 24, templates)).toMatch(
    /-f mpjpeg -i - -vf scale=80:24 -c:v rawvideo -pix_fmt rgb24 .*-f rawvideo -$/,
  )
})
