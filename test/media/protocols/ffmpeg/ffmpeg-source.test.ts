import { expect, test } from 'vitest'
import { paramOf, paramsOf, parseFfmpegSource } from '#media/protocols/ffmpeg/ffmpeg-source.ts'

test('a source is taken apart', () => {
  const source = parseFfmpegSource('rtsp://u:p@h/x?a=b#video=h264#video=copy#audio=opus#async#raw=-x a=b')
  expect(source).toMatchObject({ input: 'rtsp://u:p@h/x?a=b', videos: ['h264', 'copy'], audios: ['opus'] })
  expect(paramOf(source.params, 'async')).toBe('')
  expect(paramOf(source.params, 'raw')).toBe('-x a=b')
  expect(paramOf(source.params, 'width')).toBeUndefined()
  expect(paramsOf(source.params, 'video')).toEqual(['h264', 'copy'])
})
