import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseHlsPlaylist } from '#media/protocols/http/hls-playlist.ts'
import { LimitError, MalformedError, MediaError } from '#media/runtime/errors.ts'

const from = new URL('http://camera/live/index.m3u8?token=1')
const parse = (...lines: readonly string[]) => parseHlsPlaylist(['#EXTM3U', ...lines].join('\n'), from)
const hrefs = (all: readonly { readonly url: URL }[]): readonly string[] => all.map(({ url }) => url.href)

describe('a playlist', () => {
  test('of media tells its segments and their numbers', () => {
    const playlist = parse(
      '#EXT-X-TARGETDURATION:4',
      '#EXT-X-MEDIA-SEQUENCE:7',
      '#EXTINF:4,',
      'a.ts',
      '',
      '#EXT-X-DISCONTINUITY',
      '#EXTINF:3.9,name',
      '/b.ts?x=1',
      '#comment',
    )
    expect(playlist).toMatchObject({ kind: 'media', mediaSequence: 7, targetSeconds: 4, ended: false })
    if (playlist.kind !== 'media') throw new TypeError('not media')
    expect(hrefs(playlist.segments)).toEqual(['http://camera/live/a.ts', 'http://camera/b.ts?x=1'])
    expect(playlist.segments.map(({ sequence }) => sequence)).toEqual([7, 8])
    expect(playlist.unsupported).toBeUndefined()
  })

  test('may say that it is whole, or nothing at all', () => {
    expect(parse('a.ts', '#EXT-X-ENDLIST')).toMatchObject({ ended: true, mediaSequence: 0, targetSeconds: 10 })
    expect(parse('#EXT-X-TARGETDURATION:0')).toMatchObject({ segments: [], targetSeconds: 1 })
    expect(parse('#EXT-X-TARGETDURATION:999999999')).toMatchObject({ targetSeconds: 3600 })
    expect(parseHlsPlaylist('\uFEFF#EXTM3U\r\na.ts\r\n', from)).toMatchObject({ kind: 'media' })
  })

  test('of others tells what they take', () => {
    const playlist = parse(
      '#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=1,BANDWIDTH=800000,CODECS="avc1.42c00d,mp4a.40.2"',
      'low.m3u8',
      '#EXT-X-MEDIA:TYPE=AUDIO,URI="audio.m3u8"',
      '#EXT-X-STREAM-INF:RESOLUTION=1x1',
      'http://other/high.m3u8',
    )
    if (playlist.kind !== 'master') throw new TypeError('no master')
    expect(playlist.variants.map(({ bandwidth }) => bandwidth)).toEqual([800_000, 0])
    expect(hrefs(playlist.variants)).toEqual(['http://camera/live/low.m3u8', 'http://other/high.m3u8'])
  })

  test.each([
    { name: 'fragmented MP4', line: '#EXT-X-MAP:URI="init.mp4"', why: 'its segments are fragmented MP4' },
    { name: 'parts of a file', line: '#EXT-X-BYTERANGE:100@0', why: 'its segments are parts of one file' },
    { name: 'encryption', line: '#EXT-X-KEY:METHOD=AES-128,URI="k"', why: 'its segments are encrypted' },
    { name: 'no encryption', line: '#EXT-X-KEY:METHOD=NONE', why: undefined },
  ])('with $name says so', ({ line, why }) => {
    const playlist = parse(line, 'a.ts')
    expect(playlist.kind === 'media' && playlist.unsupported).toBe(why)
  })

  test.each(['<html>', '', '#EXTM3', '#EXTM3U\nfile:///etc/passwd', '#EXTM3U\nhttp://'])('is refused: %j', text => {
    expect(() => parseHlsPlaylist(text, from)).toThrow(MalformedError)
  })

  test('is bounded', () => {
    expect(() => parse(...Array.from({ length: 50_001 }, () => 'a.ts'))).toThrow(LimitError)
  })

  test('any text is read or refused', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '#EXT-X-STREAM-INF:BANDWIDTH=1',
        '#EXT-X-MEDIA-SEQUENCE:-5',
        '#EXT-X-TARGETDURATION:x',
        'a.ts',
        '#EXT-X-KEY:METHOD',
      ),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), lines => {
        try {
          const playlist = parse(...lines)
          if (playlist.kind === 'media') expect(playlist.segments.length).toBeLessThanOrEqual(lines.length * 30)
        } catch (error) {
          expect(error).toBeInstanceOf(MediaError)
        }
      }),
    )
  })
})
