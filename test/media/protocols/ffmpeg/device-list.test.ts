import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { attachedDevices, listDevices, parseFormats } from '#media/protocols/ffmpeg/device-list.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { realSpawner } from '#test/helpers/real-spawner.ts'

const spawner = realSpawner()
afterAll(() => spawner[Symbol.asyncDispose]())

/** As ffmpeg's v4l2 input writes it (libavdevice/v4l2.c, `list_formats`), of a camera with two formats. */
const said = `[video4linux2,v4l2 @ 0x55d5c8a4f6c0] Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 160x120 1280x720
[video4linux2,v4l2 @ 0x55d5c8a4f6c0] Compressed:       mjpeg :          Motion-JPEG : 640x480 1920x1080
[video4linux2,v4l2 @ 0x55d5c8a4f6c0] Compressed: Unsupported :                 H264 : 640x480
/dev/video0: Immediate exit requested
`

describe('the formats of a camera', () => {
  test('are sources; what is not compressed gets H.264', () => {
    expect(parseFormats('/dev/video0', said)).toEqual([
      {
        name: 'YUYV 4:2:2',
        info: '640x480 160x120 1280x720',
        url: 'ffmpeg:device?video=/dev/video0&input_format=yuyv422&video_size=640x480#video=h264#hardware',
      },
      {
        name: 'Motion-JPEG',
        info: '640x480 1920x1080',
        url: 'ffmpeg:device?video=/dev/video0&input_format=mjpeg&video_size=640x480',
      },
      {
        name: 'H264',
        info: '640x480',
        url: 'ffmpeg:device?video=/dev/video0&input_format=Unsupported&video_size=640x480',
      },
    ])
  })

  test('of any text are sources or none', () => {
    const cut = fc.tuple(fc.nat(said.length), fc.nat(said.length)).map(([from, to]) => said.slice(from, to))
    fc.assert(
      fc.property(fc.oneof(cut, fc.string()), text => {
        for (const { url } of parseFormats('/dev/video0', text))
          expect(url).toMatch(/^ffmpeg:device\?video=\/dev\/video0&/)
      }),
    )
  })
})

test('this machine lists what it has', async () => {
  const { videos } = await attachedDevices()
  const options = { spawner, clock: systemClock, bin: 'ffmpeg', signal: new AbortController().signal }
  const listed = await listDevices(options)
  for (const { url } of listed) expect(url).toMatch(/^ffmpeg:device\?/)
  if (videos.length === 0) expect(listed.filter(({ url }) => url.includes('video='))).toEqual([])
  expect(await listDevices({ ...options, bin: 'no-such-ffmpeg' })).toEqual([])
})
