import { describe, expect, test } from 'vitest'
import { MediaError, SourceNotSupportedError } from '#media'
import { Refusal } from '#server/commands/control-plane.ts'
import { describeRefusal, RestError, viewerSentence } from '#server/rest/go2rtc-errors.ts'

class Mismatch extends MediaError {
  readonly code = 'codec_mismatch'
}
class Missing extends MediaError {
  readonly code = 'stream_not_found'
}

describe('a change that is refused', () => {
  test.each([
    [new RestError(418, 'tea'), { status: 418, text: 'tea' }],
    [new SourceNotSupportedError('unsupported_scheme', 'x'), { status: 400, text: 'streams: source not supported' }],
    [new Refusal('name_invalid', 'too long'), { status: 400, text: 'too long' }],
    [new Refusal('stream_not_found', 'gone'), { status: 400, text: 'gone' }],
    [new Refusal('storage', 'disk full'), { status: 500, text: 'disk full' }],
  ])('%s', (error, answer) => {
    expect(describeRefusal(error)).toEqual(answer)
  })

  test('is no place for mistakes of ours', () => {
    expect(() => describeRefusal(new TypeError('ours'))).toThrow(TypeError)
  })
})

describe('a viewer that is refused', () => {
  test.each([
    [new Missing('there is no stream x'), 'stream not found'],
    [
      new Mismatch('codecs not matched: video:H265 => video:H264'),
      'streams: codecs not matched: video:H265 => video:H264',
    ],
    [new SourceNotSupportedError('unsupported_scheme', 'x'), 'streams: source not supported'],
    [new Error('connection refused'), 'streams: connection refused'],
    ['rubbish', 'streams: rubbish'],
  ])('%s is told %s', (error, sentence) => {
    expect(viewerSentence(error)).toBe(sentence)
  })
})
