import { describe, expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import { type Picture, pictureInput } from '#media/protocols/ffmpeg/picture-input.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'

const keyframeOf = (film: string): Picture => {
  const { codec, configuration, ...track } = fixtureTrack(film, 'video')
  return { codec, configuration, unit: unitsOf({ ...track, codec, configuration })[0]! }
}
const frame = (name: string, bytes: Buffer, formatParameters = ''): Picture => {
  const codec: Codec = { kind: 'video', name, clockRate: 90_000, channels: 0, formatParameters }
  return { codec, configuration: [], unit: frameUnit(bytes) }
}

describe('a keyframe', () => {
  test.each([
    ['h264-slices.mp4', 'H264', 'h264', '000000010910'],
    ['h264-b-frames-aac.mp4', 'H264', 'h264', '000000010910'],
    ['h265.mp4', 'H265', 'hevc', '00000001460110'],
  ])('of %s is a stream with a delimiter behind it', async (film, codec, format, delimiter) => {
    const input = pictureInput(keyframeOf(film))
    expect(input).toMatchObject({ codec, head: Buffer.alloc(0) })
    expect(input.picture.toString('hex')).toMatch(new RegExp(`^00000001.*${delimiter}$`))
    const parameters = ['-f', format, '-show_entries', 'stream=codec_name,has_b_frames', '-of', 'csv=p=0', '-']
    expect((await runProgram('ffprobe', parameters, input.picture)).output.trim()).toBe(`${format},0`)
  })

  test('of other parameter sets is of another kind', () => {
    const [one, other] = [keyframeOf('h264-slices.mp4'), keyframeOf('h264-b-frames-aac.mp4')]
    expect(pictureInput(one).kind).toBe(pictureInput(one).kind)
    expect(pictureInput({ ...one, configuration: other.configuration }).kind).not.toBe(pictureInput(one).kind)
  })
})

test('an uncompressed picture has its header, and its kind is its form', () => {
  const input = pictureInput(frame('RAW', Buffer.alloc(12), 'sampling=YCbCr-4:2:0;width=4;height=2'))
  expect(input.head.toString()).toBe('YUV4MPEG2 W4 H2 F25:1 Ip A1:1 C420jpeg\n')
  expect(input.kind).toBe(input.head.toString())
  expect(input.picture).toEqual(Buffer.concat([Buffer.from('FRAME\n'), Buffer.alloc(12)]))
})

test('a JPEG tells its length', () => {
  expect(pictureInput(frame('JPEG', Buffer.from('picture'))).picture.toString()).toBe(
    '--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 7\r\n\r\npicture\r\n',
  )
})
