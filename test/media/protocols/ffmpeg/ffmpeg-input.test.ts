import { describe, expect, test } from 'vitest'
import { ffmpegInput } from '#media/protocols/ffmpeg/ffmpeg-input.ts'
import { parseFfmpegSource } from '#media/protocols/ffmpeg/ffmpeg-source.ts'
import { ffmpegSurroundings } from '#test/helpers/ffmpeg-surroundings.ts'

const inputOf = (text: string, changed: Parameters<typeof ffmpegSurroundings>[0] = {}): string =>
  ffmpegInput(parseFfmpegSource(text), ffmpegSurroundings(changed))

const low = '-fflags nobuffer -flags low_delay'
const rtsp = (address: string, seconds = 5): string =>
  `${low} -timeout ${seconds}000000 -user_agent go2rtc/ffmpeg -rtsp_flags prefer_tcp -i ${address}`

describe('an input', () => {
  test.each([
    ['http://h/x', `${low} -i http://h/x`],
    ['https://h/x?a=b&c', `${low} -i https://h/x?a=b&c`],
    ['rtmp://h/x', `${low} -i rtmp://h/x`],
    ['rtsp://h/x', `-allowed_media_types video+audio ${rtsp('rtsp://h/x')}`],
    ['rtsps://u:p@h/x#video=copy', `-allowed_media_types video ${rtsp('rtsps://u:p@h/x')}`],
    ['rtsp://h/x#audio=copy', `-allowed_media_types audio ${rtsp('rtsp://h/x')}`],
    ['rtsp://h/x#audio=copy#video=copy', `-allowed_media_types video+audio ${rtsp('rtsp://h/x')}`],
    ['rtsp://h/x#timeout=20', `-allowed_media_types video+audio ${rtsp('rtsp://h/x', 20)}`],
    ['rtsp://h/$&', `-allowed_media_types video+audio ${rtsp('rtsp://h/$&')}`],
    [
      'rtsp://h/x#input=rtsp/udp',
      `-allowed_media_types video+audio ${low} -timeout 5000000 -user_agent go2rtc/ffmpeg -i rtsp://h/x`,
    ],
    ['rtmp://h/x#input=rtsp', rtsp('rtmp://h/x')],
    ['http://h/x#input=-timeout 5000000 -i {input}', '-timeout 5000000 -i http://h/x'],
    ['SDI (2)#input=-f decklink -i "{input}"', '-f decklink -i "SDI (2)"'],
    ['srt://h:1', '-i srt://h:1'],
    ['/media/a.mp4', '-re -i /media/a.mp4'],
    ['a.mp4', '-re -i a.mp4'],
    ['http://h/x#async', `-use_wallclock_as_timestamps 1 -async 1 ${low} -i http://h/x`],
    ['device?video=/dev/video2', '-f v4l2 -i /dev/video2'],
    ['virtual?video', '-re -f lavfi -i testsrc=decimals=2:size=1920x1080'],
    ['tts?text=hello', `-re -f lavfi -i "flite=text='hello'"`],
    ['else?what', ''],
  ])('of %s', (source, input) => {
    expect(inputOf(source)).toBe(input)
  })
})

describe('a stream of ours', () => {
  const address = (rest: string): string => rtsp(`rtsp://127.0.0.1:8554/${rest}`)

  test.each([
    ['porch', address('porch?video&audio&source=ffmpeg:porch')],
    ['porch#video=h264', address('porch?video&source=ffmpeg:porch%23video%3Dh264')],
    ['porch#audio=opus', address('porch?audio&source=ffmpeg:porch%23audio%3Dopus')],
    [
      'porch#audio=opus#query=log_level=debug#query=x',
      address(
        'porch?audio&source=ffmpeg:porch%23audio%3Dopus%23query%3Dlog_level%3Ddebug%23query%3Dx&log_level=debug&x',
      ),
    ],
    ["porch#video=-c:v x!'()*~", address('porch?video&source=ffmpeg:porch%23video%3D-c%3Av+x%21%27%28%29%2A~')],
  ])('is read by RTSP: %s', (source, input) => {
    expect(inputOf(source)).toBe(input)
  })

  test('with a name that would end the address is still one', () => {
    expect(inputOf('front door', { hasStream: () => true })).toContain('8554/front%20door?video')
  })

  test('needs the RTSP server', () => {
    expect(() => inputOf('porch', { rtspPort: undefined })).toThrow(/the RTSP server is off/)
    expect(inputOf('/a.mp4', { rtspPort: undefined })).toBe('-re -i /a.mp4')
  })
})
