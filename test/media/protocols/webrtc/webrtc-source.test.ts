import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseWebRtcSource } from '#media/protocols/webrtc/webrtc-source.ts'
import { parseSourceUrl, SourceNotSupportedError } from '#media/streams/source-url.ts'

const parse = (text: string) => parseWebRtcSource(parseSourceUrl(text))

test.each([
  ['webrtc:http://host/whep', 'whep', 'http://host/whep', undefined],
  ['webrtc:https://host:8889/cam/whep', 'whep', 'https://host:8889/cam/whep', undefined],
  ['webrtc:ws://host:1984/api/ws?src=a%20b', 'ws', 'ws://host:1984/api/ws?src=a%20b', undefined],
  ['WEBRTC:wss://host/api/ws?src=a#format=go2rtc', 'ws', 'wss://host/api/ws?src=a', undefined],
  ['webrtc:ws://us%40er:p%23w@host/api/ws?src=a', 'ws', 'ws://host/api/ws?src=a', ['us@er', 'p#w']],
  ['webrtc:http://user:100%@host/', 'whep', 'http://host/', ['user', '100%']],
])('%s', (text, signalling, url, credentials) => {
  const source = parse(text)
  expect([source.signalling, source.url.href]).toEqual([signalling, url])
  expect(source.credentials && [source.credentials.username, source.credentials.password]).toEqual(credentials)
})

test.each([
  ['webrtc:', 'has no address'],
  ['webrtc:rtsp://host/', 'has no address'],
  ['webrtc:nonsense', 'has no address'],
  ['webrtc:http://', 'has no address'],
  ['webrtc:ws://host/#format=kinesis', 'kinesis'],
  ['webrtc:http://host/#format=creality', 'creality'],
])('%s is refused with a reason', (text, reason) => {
  expect(() => parse(text)).toThrow(reason)
})

test('whatever follows webrtc:, it is a source or refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl()), rest => {
      try {
        expect(['whep', 'ws']).toContain(parse(`webrtc:${rest}`).signalling)
      } catch (error) {
        expect(error).toBeInstanceOf(SourceNotSupportedError)
      }
    }),
  )
})
