import { describe, expect, test } from 'vitest'
import { SourceNotSupportedError } from '#media'
import { checkSource, checkSources, isForLater } from '#server/rest/source-check.ts'

const engine = {
  checkSource: (source: string) => {
    if (source.startsWith('rtsp:')) return source as never
    if (source.startsWith('demo:')) throw new SourceNotSupportedError('malformed_source', 'demo: takes no path')
    throw new SourceNotSupportedError('unsupported_scheme', 'nothing opens it')
  },
}

describe('sources that come by HTTP', () => {
  test.each([
    [['rtsp://a/1']],
    [['rtsp://a/1', 'ffmpeg:x#audio=opus']],
    [['ffmpeg:rtsp://a/1#video=copy', 'rtsp://a/1']],
    [[]],
  ])('%s pass', sources => {
    expect(() => checkSources(engine, sources)).not.toThrow()
  })

  test.each([
    [['rtsp://a/1', 'foo:x'], 'streams: source not supported'],
    [['nothing'], 'streams: source not supported'],
    [['ffmpeg:x'], 'streams: source not supported'],
    [['ffmpeg:x', 'ffmpeg:y'], 'streams: source not supported'],
    [['rtsp://a/1', 'exec:x'], 'streams: source from insecure producer'],
    [['Echo:x'], 'streams: source from insecure producer'],
    [['rtsp://a/1 2'], 'streams: source with spaces may be insecure'],
    [['rtsp://a/1', 'ffmpeg:x#raw=-vf hflip'], 'streams: source with spaces may be insecure'],
    [['demo:x'], 'demo: takes no path'],
  ])('%s are refused: %s', (sources, sentence) => {
    expect(() => checkSources(engine, sources)).toThrow(expect.objectContaining({ status: 400, message: sentence }))
  })
})

test('only what comes later passes without being asked for', () => {
  expect(isForLater('FFMPEG:x')).toBe(true)
  expect(isForLater('rtsp://a')).toBe(false)
  expect(() => checkSource(engine, 'ffmpeg:x')).not.toThrow()
  expect(() => checkSource(engine, 'exec:x')).toThrow('nothing opens it')
})
