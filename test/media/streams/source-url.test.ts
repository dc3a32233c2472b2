import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  escapeHashInPassword,
  parseSourceUrl,
  SourceNotSupportedError,
  schemeOf,
  splitSource,
} from '#media/streams/source-url.ts'

describe('the scheme of a source', () => {
  test.each([
    ['rtsp://camera/1', 'rtsp'],
    ['RTSP://camera/1', 'rtsp'],
    ['ffmpeg:porch#video=h264', 'ffmpeg'],
    ['demo:', 'demo'],
    ['http+custom://x', 'http+custom'],
    ['camera/1', undefined],
    ['1tsp://x', undefined],
    ['://x', undefined],
    ['', undefined],
  ])('of %j is %j', (source, scheme) => {
    expect(schemeOf(source)).toBe(scheme)
  })
})

test('a source without a scheme or beyond the limit is refused with a sentence', () => {
  expect(() => parseSourceUrl('camera/1')).toThrow(SourceNotSupportedError)
  expect(() => parseSourceUrl('camera/1')).toThrow('has no scheme')
  expect(() => parseSourceUrl(`rtsp://${'x'.repeat(9000)}`)).toThrow('longer than 8192')
})

describe('the options of a source', () => {
  test.each([
    ['rtsp://a/b', { url: 'rtsp://a/b', options: [] }],
    [
      'rtsp://a/b#backchannel=0#media=video',
      {
        url: 'rtsp://a/b',
        options: [
          ['backchannel', '0'],
          ['media', 'video'],
        ],
      },
    ],
    [
      'ffmpeg:x#video=copy#video=h264#async',
      {
        url: 'ffmpeg:x',
        options: [
          ['video', 'copy'],
          ['video', 'h264'],
          ['async', ''],
        ],
      },
    ],
    ['http://a#header=A: b=c', { url: 'http://a', options: [['header', 'A: b=c']] }],
  ])('of %j', (source, expected) => {
    expect(splitSource(parseSourceUrl(source))).toEqual(expected)
  })

  test('put together again are what was taken apart', () => {
    fc.assert(
      fc.property(fc.string(), rest => {
        const source = parseSourceUrl(`rtsp:${rest}`)
        const { url, options } = splitSource(source)
        const texts = source.split('#').slice(1)
        expect(options.map(([key, value], at) => (texts[at]!.includes('=') ? `${key}=${value}` : key))).toEqual(texts)
        expect(source.startsWith(url)).toBe(true)
      }),
    )
  })
})

test.each([
  ['http://admin:pa#ss@camera/live#header=a', 'http://admin:pa%23ss@camera/live#header=a'],
  ['http://camera/live#header=a@b', 'http://camera/live#header=a@b'],
  ['http://admin:a@camera#header=a@b', 'http://admin:a@camera#header=a@b'],
  ['ffmpeg:porch#video=h264', 'ffmpeg:porch#video=h264'],
])('a hash is the password’s where nothing else can be meant: %s', (source, escaped) => {
  expect(escapeHashInPassword(parseSourceUrl(source))).toBe(escaped)
})
