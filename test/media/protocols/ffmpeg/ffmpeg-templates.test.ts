import { expect, test } from 'vitest'
import { ffmpegTemplates, templateOr } from '#media/protocols/ffmpeg/ffmpeg-templates.ts'

test.each([
  ['bin', 'ffmpeg'],
  ['global', '-hide_banner -v error'],
  ['timeout', '5'],
  ['pcm', '-c:a pcm_s16be -ar:a 8000 -ac:a 1'],
  ['pcml/16000', '-c:a pcm_s16le -ar:a 16000 -ac:a 1'],
  ['raw/yuv444p', '-c:v rawvideo -pix_fmt:v yuv444p'],
  ['h264/vaapi', '-c:v h264_vaapi -g 50 -bf 0 -profile:v high -level:v 4.1 -sei:v 0'],
  ['h264/cuda', '-c:v h264_nvenc -g 50 -bf 0 -profile:v high -level:v auto -preset:v p2 -tune:v ll'],
  ['h265/cuda', '-c:v hevc_nvenc -g 50 -bf 0 -profile:v main -level:v auto'],
  ['h265/dxva2', '-c:v hevc_qsv -g 50 -bf 0 -profile:v main -level:v 5.1 -async_depth:v 1'],
  ['h265/rkmpp', '-c:v hevc_rkmpp -g 50 -bf 0 -profile:v main -level:v 5.1'],
  ['h264/videotoolbox', '-c:v h264_videotoolbox -g 50 -bf 0 -profile:v high -level:v 4.1'],
  ['mjpeg/v4l2m2m', undefined],
  ['h264/ultra', undefined],
  ['constructor', undefined],
])('the template %s is %s', (name, text) => {
  expect(ffmpegTemplates().get(name)).toBe(text)
})

test('the configuration changes them and adds to them', () => {
  const templates = ffmpegTemplates({ global: '-y', mine: '-c:v x', __proto__: 'x' }, 'warn')
  expect(templates.get('global')).toBe('-y -v warning')
  expect(templateOr(templates, 'mine')).toBe('-c:v x')
  expect(templateOr(templates, '-c:v y')).toBe('-c:v y')
  expect(templateOr(ffmpegTemplates({ h264: '' }), 'h264')).toBe('h264')
})
