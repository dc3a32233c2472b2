import { expect, test } from 'vitest'
import { parseRtspSource } from '#media/protocols/rtsp/rtsp-source.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'

const parse = (text: string) => parseRtspSource(parseSourceUrl(text))

test('a source without options takes everything, over TCP, with 5 s of patience', () => {
  expect(parse('rtsp://camera/live')).toEqual({
    url: { scheme: 'rtsp', host: 'camera', port: 554, path: '/live' },
    kinds: ['video', 'audio'],
    timeoutMs: 5000,
    transport: 'tcp',
    backchannel: true,
  })
})

test.each([
  ['#media=video', { kinds: ['video'] }],
  ['#media=audio', { kinds: ['audio'] }],
  ['#media=video+audio', { kinds: ['video', 'audio'] }],
  ['#timeout=30', { timeoutMs: 30_000 }],
  ['#timeout=0.5', { timeoutMs: 500 }],
  ['#transport=udp', { transport: 'udp' }],
  ['#transport=tcp#backchannel=0', { transport: 'tcp', backchannel: false }],
  ['#transport=udp', { backchannel: false }],
  ['#transport=udp#backchannel=1', { backchannel: true }],
  ['#transport=ws://camera/rtsp?a=b', { transport: new URL('ws://camera/rtsp?a=b') }],
  ['#transport=wss://camera:8443', { transport: new URL('wss://camera:8443/') }],
  ['#transport', { transport: 'tcp' }],
  ['#timeout=1#timeout=2', { timeoutMs: 2000 }],
  ['#input=whatever#hardware', { timeoutMs: 5000 }],
])('options are read: %s', (options, parts) => {
  expect(parse(`rtsp://camera/live${options}`)).toMatchObject(parts)
})

test.each([
  '#media=text',
  '#timeout=0',
  '#timeout=x',
  '#timeout=',
  '#timeout=301',
  '#transport=http://camera',
  '#transport=ws://',
])('options are refused: %s', options => {
  expect(() => parse(`rtsp://camera/live${options}`)).toThrow(expect.objectContaining({ code: 'malformed_source' }))
})

test.each([
  ['rtsp://admin:pa#ss@camera/live#media=video', 'pa#ss', ['video']],
  ['rtsp://admin:#1@camera', '#1', ['video', 'audio']],
  ['rtsp://admin:a@camera#media=audio', 'a', ['audio']],
  ['rtsp://admin:a@b@camera/x#media=audio', 'a@b', ['audio']],
])('a password may hold a hash where nothing else can be meant: %s', (text, password, kinds) => {
  const source = parse(text)
  expect(source.url.host).toBe('camera')
  expect(source.url.credentials?.password).toBe(password)
  expect(source.kinds).toEqual(kinds)
})

test('an option with an @ is no password', () => {
  expect(parse('rtsp://camera/live#header=a@b').url).toMatchObject({ host: 'camera', path: '/live' })
})
