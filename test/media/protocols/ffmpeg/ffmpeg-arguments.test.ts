import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ffmpegCommand } from '#media/protocols/ffmpeg/ffmpeg-arguments.ts'
import { parseFfmpegSource } from '#media/protocols/ffmpeg/ffmpeg-source.ts'
import { ffmpegTemplates } from '#media/protocols/ffmpeg/ffmpeg-templates.ts'
import { MediaError } from '#media/runtime/errors.ts'
import { ffmpegSurroundings } from '#test/helpers/ffmpeg-surroundings.ts'

const commandOf = (text: string, changed: Parameters<typeof ffmpegSurroundings>[0] = {}): string =>
  ffmpegCommand(parseFfmpegSource(text), ffmpegSurroundings(changed))

const http = '-fflags nobuffer -flags low_delay -i http://h/x'
const x264 =
  '-c:v libx264 -g 50 -profile:v high -level:v 4.1 -preset:v superfast -tune:v zerolatency -pix_fmt:v yuv420p'
const x265 =
  '-c:v libx265 -g 50 -profile:v main -x265-params level=5.1:high-tier=0 -preset:v superfast -tune:v zerolatency -pix_fmt:v yuv420p'
const opus = '-c:a libopus -application:a lowdelay -min_comp 0'
const rtsp = '-user_agent ffmpeg/go2rtc -rtsp_transport tcp -f rtsp {output}'

const rows: readonly (readonly [source: string, after: string])[] = [
  // What nobody changes.
  ['http://h/x', `${http} -c copy ${rtsp}`],
  ['http://h/x#video=copy', `${http} -c:v copy -an ${rtsp}`],
  ['http://h/x#video=copy#audio=copy', `${http} -c:v copy -c:a copy ${rtsp}`],
  ['http://h/x#audio=copy', `${http} -c:a copy -vn ${rtsp}`],
  // Codecs by name.
  ['http://h/x#video=h264', `${http} ${x264} -an ${rtsp}`],
  ['http://h/x#video=h265', `${http} ${x265} -an ${rtsp}`],
  ['http://h/x#video=h264#audio=aac', `${http} ${x264} -c:a aac ${rtsp}`],
  ['http://h/x#audio=aac#video=h264', `${http} ${x264} -c:a aac ${rtsp}`],
  ['http://h/x#audio=opus', `${http} ${opus} -vn ${rtsp}`],
  ['http://h/x#audio=opus/16000', `${http} ${opus} -ar:a 16000 -ac:a 1 -vn ${rtsp}`],
  ['http://h/x#audio=mp3', `${http} -c:a libmp3lame -q:a 8 -vn ${rtsp}`],
  ['http://h/x#audio=pcm', `${http} -c:a pcm_s16be -ar:a 8000 -ac:a 1 -vn ${rtsp}`],
  ['http://h/x#audio=pcm/48000', `${http} -c:a pcm_s16be -ar:a 48000 -ac:a 1 -vn ${rtsp}`],
  // Codecs as raw arguments.
  ['http://h/x#video=-c:v libvpx', `${http} -c:v libvpx -an ${rtsp}`],
  ['http://h/x#video=', `${http}  -an ${rtsp}`.replace('  ', ' ')],
  ['http://h/x#raw=-ss 00:00:20', `${http} -ss 00:00:20 -c copy ${rtsp}`],
  ['http://h/x#video=copy#raw=mp3#raw=-t 5', `${http} -c:a libmp3lame -q:a 8 -t 5 -c:v copy -an ${rtsp}`],
  ['http://h/x#video=h264#bitrate=2M#audio=copy', `${http} ${x264} -b:v 2M -maxrate 2M -bufsize 2M -c:a copy ${rtsp}`],
  // One track that goes through a pipe.
  ['http://h/x#video=mjpeg', `${http} -c:v mjpeg -an -f mjpeg -`],
  ['http://h/x#video=raw', `${http} -c:v rawvideo -an -f yuv4mpegpipe -`],
  ['http://h/x#video=raw/gray8', `${http} -c:v rawvideo -pix_fmt:v gray8 -an -f yuv4mpegpipe -`],
  ['http://h/x#audio=aac', `${http} -c:a aac -vn -f adts -`],
  ['http://h/x#audio=aac/16000', `${http} -c:a aac -ar:a 16000 -ac:a 1 -vn -f adts -`],
  ['http://h/x#audio=pcmu', `${http} -c:a pcm_mulaw -ar:a 8000 -ac:a 1 -vn -f wav -`],
  ['http://h/x#audio=pcma/48000', `${http} -c:a pcm_alaw -ar:a 48000 -ac:a 1 -vn -f wav -`],
  ['http://h/x#audio=pcml/44100', `${http} -c:a pcm_s16le -ar:a 44100 -ac:a 1 -vn -f wav -`],
  ['http://h/x#video=mjpeg#audio=aac', `${http} -c:v mjpeg -c:a aac ${rtsp}`],
  ['device?video=0&input_format=mjpeg', '-f v4l2 -input_format mjpeg -i /dev/video0 -c copy -f mjpeg -'],
  // Filters.
  ['http://h/x#video=h264#width=640', `${http} ${x264} -an -vf "scale=640:-1" ${rtsp}`],
  ['http://h/x#video=h264#height=480', `${http} ${x264} -an -vf "scale=-1:480" ${rtsp}`],
  ['http://h/x#video=h264#rotate=90', `${http} ${x264} -an -vf "transpose=1" ${rtsp}`],
  ['http://h/x#video=h264#rotate=180', `${http} ${x264} -an -vf "transpose=1,transpose=1" ${rtsp}`],
  ['http://h/x#video=h264#rotate=270', `${http} ${x264} -an -vf "transpose=2" ${rtsp}`],
  ['http://h/x#video=h264#rotate=-90', `${http} ${x264} -an -vf "transpose=2" ${rtsp}`],
  ['http://h/x#video=h264#rotate=45', `${http} ${x264} -an ${rtsp}`],
  [
    'http://h/x#rotate=90#width=640#height=480#video=h264#drawtext=fontsize=12',
    `${http} ${x264} -an -vf "scale=640:480,transpose=1,drawtext=fontsize=12:text='%{localtime\\:%Y-%m-%d %X}'" ${rtsp}`,
  ],
  [
    "http://h/x#video=h264#drawtext=text='a b'#drawtext=x=2",
    `${http} ${x264} -an -vf "drawtext=text='a b',drawtext=x=2:text='%{localtime\\:%Y-%m-%d %X}'" ${rtsp}`,
  ],
  // Several of one kind.
  [
    'http://h/x#video=copy#video=h264#audio=copy',
    `${http} -map 0:v:0? -c:v:0 copy -map 0:v:0? ${x264.replaceAll(':v ', ':v:1 ')} -map 0:a:0? -c:a:0 copy ${rtsp}`,
  ],
  [
    'http://h/x#audio=copy#audio=opus#audio=pcmu',
    `${http} -map 0:a:0? -c:a:0 copy -map 0:a:0? ${opus.replaceAll(':a ', ':a:1 ')} -map 0:a:0? -c:a:2 pcm_mulaw -ar:a:2 8000 -ac:a:2 1 -vn ${rtsp}`,
  ],
  // Hardware that is not there, or that nobody knows.
  ['http://h/x#video=h264#hardware', `${http} ${x264} -an ${rtsp}`],
  ['http://h/x#video=h264#hardware=software', `${http} ${x264} -an ${rtsp}`],
  ['http://h/x#video=h264#hardware=abacus', `${http} ${x264} -an ${rtsp}`],
  ['http://h/x#video=h264#hardware=v4l2m2m', `${http} -c:v h264_v4l2m2m -g 50 -bf 0 -an ${rtsp}`],
  // What it does not know it leaves alone.
  ['http://h/x#colour=red', `${http} -c copy ${rtsp}`],
]

describe('a command line', () => {
  test.each(rows)('of %s', (source, after) => {
    expect(commandOf(source)).toBe(`ffmpeg -hide_banner ${after}`)
  })

  test('says how much it wants to hear', () => {
    const templates = ffmpegTemplates()
    expect(commandOf('http://h/x', { templates })).toMatch(/^ffmpeg -hide_banner -v error -fflags/)
  })

  test('is made of the templates as they were changed', () => {
    const changes = { bin: '/opt/ffmpeg', global: '', h264: '-c:v libx264 -crf 30', porch: '-c:v prores', timeout: '9' }
    const templates = ffmpegTemplates({ ...changes, rtsp: '-t {timeout} -i {input}', output: '-f rtsp {output}' }, '')
    expect(commandOf('rtsp://h/x#video=h264#video=porch', { templates })).toBe(
      '/opt/ffmpeg -allowed_media_types video -t 9000000 -i rtsp://h/x -map 0:v:0? -c:v:0 libx264 -crf 30 ' +
        '-map 0:v:0? -c:v:1 prores -an -f rtsp {output}',
    )
  })

  test('keeps a file from bursting where ffmpeg would', () => {
    expect(commandOf('/a.mp4', { burstsAtStart: true })).toBe(
      `ffmpeg -hide_banner -readrate_initial_burst 0.001 -re -i /a.mp4 -c copy ${rtsp}`,
    )
    expect(commandOf('http://h/x', { burstsAtStart: true })).not.toContain('burst')
    expect(commandOf('/a.mp4#async', { burstsAtStart: true })).not.toContain('burst')
  })

  test('uses the hardware that was found', () => {
    const detected = (name: string) => (name === 'h264' ? 'v4l2m2m' : 'software') as 'v4l2m2m' | 'software'
    expect(commandOf('http://h/x#video=h264#video=h265#hardware', { detected })).toContain(
      `-map 0:v:0? -c:v:0 h264_v4l2m2m -g 50 -bf 0 -map 0:v:0? ${x265.replaceAll(':v ', ':v:1 ')}`,
    )
  })

  test('comes of any source, or of none', () => {
    const key = fc.constantFrom('video', 'audio', 'width', 'rotate', 'hardware', 'drawtext', 'raw', 'input', 'bitrate')
    const value = fc.oneof(fc.constantFrom('', 'copy', 'h264', 'vaapi', 'auto', '__proto__', '$&'), fc.string())
    const params = fc.array(fc.tuple(key, value)).map(pairs => pairs.map(([name, text]) => `#${name}=${text}`).join(''))
    const input = fc.oneof(
      fc.constantFrom('porch', 'rtsp://h', 'device?video=1', 'virtual?video', 'tts?text='),
      fc.string(),
    )
    fc.assert(
      fc.property(input, params, (begin, end) => {
        try {
          expect(commandOf(begin + end)).toMatch(/^ffmpeg -hide_banner /)
        } catch (error) {
          expect(error).toBeInstanceOf(MediaError)
        }
      }),
    )
  })
})
