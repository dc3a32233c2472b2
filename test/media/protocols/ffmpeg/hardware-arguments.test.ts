import { describe, expect, test } from 'vitest'
import { ffmpegTemplates } from '#media/protocols/ffmpeg/ffmpeg-templates.ts'
import { type Engine, encodedName, withHardware } from '#media/protocols/ffmpeg/hardware-arguments.ts'

const templates = ffmpegTemplates()
const clock = "drawtext=x=1:text='y'"
const colours = 'out_color_matrix=bt709:out_range=tv:format=nv12'
const vaapi = (format: string): string =>
  `-hwaccel vaapi -hwaccel_output_format ${format} -hwaccel_flags allow_profile_mismatch -i x`
const rkmpp = (format: string): string => `-hwaccel rkmpp -hwaccel_output_format ${format} -afbc rga -i x`

interface Row {
  readonly engine: Engine
  readonly codec: 'h264' | 'h265' | 'mjpeg'
  readonly filters: readonly string[]
  readonly input: string
  readonly moved: readonly string[]
}

const row = (
  engine: Engine,
  codec: Row['codec'],
  filters: Row['filters'],
  input: string,
  moved: Row['moved'],
): Row => ({ engine, codec, filters, input, moved })

const upload = 'format=vaapi|nv12,hwupload'
const qsv = 'hwmap=derive_device=qsv,format=qsv'
const drm = 'format=drm_prime|nv12,hwupload'
const cuda = '-hwaccel cuda -hwaccel_output_format cuda -i x'
const dxva2 = '-hwaccel dxva2 -hwaccel_output_format dxva2_vld -i x'
const toolbox = '-hwaccel videotoolbox -hwaccel_output_format videotoolbox_vld -i x'
const halfTurn = 'transpose=1,transpose=1'

const rows: readonly Row[] = [
  row('vaapi', 'h264', [], vaapi('vaapi'), [upload, `scale_vaapi=${colours}`]),
  row('vaapi', 'h264', ['scale=640:-1'], vaapi('vaapi'), [upload, `scale_vaapi=640:-1:${colours}`]),
  row('vaapi', 'h264', [halfTurn], vaapi('vaapi'), [upload, 'transpose_vaapi=4', `scale_vaapi=${colours}`]),
  row('vaapi', 'h265', ['scale=1:2', 'transpose=2'], vaapi('vaapi'), [upload, 'scale_vaapi=1:2', 'transpose_vaapi=2']),
  row('vaapi', 'mjpeg', [], vaapi('vaapi'), [upload]),
  row('vaapi', 'h264', ['scale=640:-1', clock], vaapi('nv12'), ['scale=640:-1', clock, 'hwupload']),
  row('v4l2m2m', 'h264', ['scale=1:2', halfTurn], '-i x', ['scale=1:2', halfTurn]),
  row('cuda', 'h264', [], cuda, []),
  row('cuda', 'h265', ['scale=1:2'], cuda, ['scale_cuda=1:2']),
  row('cuda', 'h264', [halfTurn], cuda.replace('format cuda', 'format nv12'), [halfTurn, 'hwupload']),
  row('cuda', 'h264', [clock], cuda.replace('format cuda', 'format nv12'), [clock, 'hwupload']),
  row('dxva2', 'h264', ['scale=1:2', 'transpose=1'], dxva2, [qsv, 'scale_qsv=1:2', 'transpose=1']),
  row('dxva2', 'mjpeg', [], dxva2, [qsv]),
  row('videotoolbox', 'h264', ['scale=1:2', clock], toolbox, ['scale=1:2', clock]),
  row('rkmpp', 'h264', [], rkmpp('drm_prime'), []),
  row('rkmpp', 'h264', ['scale=640:-1', halfTurn], rkmpp('drm_prime'), [
    drm,
    'scale_rkrga=640:-1:force_original_aspect_ratio=0',
    'vpp_rkrga=transpose=4',
  ]),
  row('rkmpp', 'h265', ['transpose=2'], rkmpp('drm_prime'), [drm, 'vpp_rkrga=transpose=2']),
  row('rkmpp', 'h264', [clock], rkmpp('nv12'), [clock, 'hwupload']),
  row('software', 'h264', ['scale=1:2'], '-i x', ['scale=1:2']),
]

describe('hardware', () => {
  test.each(rows)('$engine encodes $codec with $filters', ({ engine, codec, filters, input, moved }) => {
    const plain = { input: '-i x', codecs: [templates.get(codec)!], filters }
    expect(withHardware(plain, () => engine, templates)).toEqual({
      input,
      codecs: [templates.get(engine === 'software' ? codec : `${codec}/${engine}`)],
      filters: moved,
    })
  })

  test('leaves nothing of a codec that an engine has no template for', () => {
    const plain = { input: '-i x', codecs: ['-c:v mjpeg', '-c:a copy'], filters: [] }
    expect(withHardware(plain, () => 'v4l2m2m', templates).codecs).toEqual(['', '-c:a copy'])
  })

  test('is set up once for several codecs, and left alone by all others', () => {
    const plain = { input: '-i x', codecs: [templates.get('h264')!, '-c:v copy', templates.get('h265')!], filters: [] }
    expect(withHardware(plain, () => 'cuda', templates)).toEqual({
      input: cuda,
      codecs: [templates.get('h264/cuda'), '-c:v copy', templates.get('h265/cuda')],
      filters: [],
    })
  })

  test.each([
    ['-c:v libx264 -g 50', 'h264'],
    ['-c:v libx265', 'h265'],
    ['-c:v mjpeg', 'mjpeg'],
    ['-c:v copy', undefined],
    ['-c:v', undefined],
    ['-c:v constructor', undefined],
    ['-c:a mjpeg', undefined],
    ['-b:v 2M', undefined],
    ['', undefined],
  ])('has to do with "%s": %s', (codec, name) => {
    expect(encodedName(codec)).toBe(name)
  })
})
