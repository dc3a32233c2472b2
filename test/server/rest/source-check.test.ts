import { describe, expect, test } from 'vitest'
import { SourceNotSupportedError } from '#media'
import { checkSources } from '#server/rest/source-check.ts'

const engine = {
  checkSource: (source: string) => {
    if (source.startsWith('rtsp:')) return source as never
    if (source.startsWith('demo:')) throw new SourceNotSupportedError('malformed_source', 'demo: takes no path')
    throw new SourceNotSupportedError('unsupported_scheme', 'nothing opens it')
  },
}

describe('sources that come by HTTP', () => {
  test.each([[['rtsp://a/1']], [[]]])('%s pass', sources => {
    expect(() => checkSources(engine, sources)).not.toThrow()
  })

  test.each([
    [['rtsp://a/1', 'foo:x'], 'streams: source not supported'],
    [['nothing'], 'streams: source not supported'],
    [['ffmpeg:x'], 'streams: source not supported'],
    [['rtsp://a/1', 'exec:x'], 'streams: source from insecure producer'],
    [['Echo:x'], 'streams: source from insecure producer'],
    [['rtsp://a/1 2'], 'streams: source with spaces may be insecure'],
    [['demo:x'], 'demo: takes no path'],
  ])('%s are refused: %s', (sources, sentence) => {
    expect(() => checkSources(engine, sources)).toThrow(expect.objectContaining({ status: 400, message: sentence }))
  })
})
