import { describe, expect, test } from 'vitest'
import { deviceInput, speechInput, virtualInput } from '#media/protocols/ffmpeg/ffmpeg-device.ts'
import { runProgram } from '#test/helpers/ffmpeg.ts'

const devices = { videos: ['/dev/video0', '/dev/video2'], audios: ['default'] }

describe('a device', () => {
  test.each([
    ['video=0', '-f v4l2 -i /dev/video0'],
    ['video=1', '-f v4l2 -i /dev/video2'],
    ['video=7', '-f v4l2 -i 7'],
    [
      'video=/dev/video0&input_format=mjpeg&video_size=640x480&x=y',
      '-f v4l2 -input_format mjpeg -video_size 640x480 -i /dev/video0',
    ],
    ['framerate=5&video=0&resolution=1x1', '-f v4l2 -framerate 5 -video_size 1x1 -i /dev/video0'],
    ['audio=0&channels=1&sample_rate=16000&', '-f alsa -channels 1 -sample_rate 16000 -i default'],
    ['audio=hw:1', '-f alsa -i hw:1'],
    ['', ''],
    ['video=&audio=', ''],
  ])('on Linux: %s', (query, input) => {
    expect(deviceInput(query, devices, 'linux')).toBe(input)
  })

  test.each([
    ['video=FaceTime&audio=Microphone&framerate=30', '-f avfoundation -framerate 30 -i "FaceTime:Microphone"'],
    ['video=FaceTime', '-f avfoundation -i "FaceTime"'],
    ['audio=Microphone', '-f avfoundation -i ":Microphone"'],
    ['', ''],
  ])('on macOS: %s', (query, input) => {
    expect(deviceInput(query, { videos: [], audios: [] }, 'darwin')).toBe(input)
  })
})

describe('a test picture', () => {
  test.each([
    ['video', '-re -f lavfi -i testsrc=decimals=2:size=1920x1080'],
    ['video&size=720', '-re -f lavfi -i testsrc=decimals=2:size=1280x720'],
    ['video=testsrc2&size=4K&rate=5', '-re -f lavfi -i testsrc2=size=3840x2160:rate=5'],
    ['video=color&color=red&size=8K', '-re -f lavfi -i color=color=red:size=7680x4230'],
    [
      'video&size=10x10&format=yuv420p&duration=3',
      '-re -f lavfi -i testsrc=decimals=2:size=10x10:duration=3,format=yuv420p',
    ],
    ['video=testsrc2&what=ever', '-re -f lavfi -i testsrc2=size=1920x1080'],
    ['', '-re'],
  ])('of %s', (query, input) => {
    expect(virtualInput(query)).toBe(input)
  })
})

describe('speech', () => {
  test.each([
    ['text=hello+world', `"flite=text='hello world'"`],
    ['text=hello&voice=slt', `"flite=text='hello':voice=slt"`],
    ['text=10:30', `"flite=text='10\\:30'"`],
    [`text=it's "me"`, `"flite=text='it’s  me '"`],
    ['text=a\\b%0Ac', `"flite=text='a\\\\b c'"`],
  ])('of %s', (query, input) => {
    expect(speechInput(query)).toBe(`-re -f lavfi -i ${input}`)
  })

  test('cannot say what a file holds', async () => {
    const graph = /"(.*)"$/.exec(speechInput("text=x:textfile=/etc/passwd':textfile=/etc/passwd"))![1]!
    const { complaints } = await runProgram('ffmpeg', ['-f', 'lavfi', '-i', graph, '-t', '0.1', '-f', 'null', '-'])
    expect(complaints).toEqual([])
  })
})
