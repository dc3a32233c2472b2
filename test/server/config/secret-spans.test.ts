import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findSecrets, urlPasswords } from '#server/config/secret-spans.ts'

const secretsIn = (text: string): readonly string[] => findSecrets(text).map(({ start, end }) => text.slice(start, end))

const rows: readonly (readonly [source: string, secrets: readonly string[]])[] = [
  ['rtsp://admin:pw@h/x', ['pw']],
  ['rtsp://admin:p@ss@h:554/x', ['p@ss']],
  ['rtsp://admin:p#ss@h/x', ['p#ss']],
  ['rtsp://admin:p@s#1@h/x', ['p@s#1']],
  ['rtsp://admin:pa/ss@h/x', ['pa/ss']],
  ['rtsp://u:p?q@h/x', ['p?q']],
  ['rtsp://admin:pw@h#input=a@b', ['pw']],
  ['rtsp://admin:pw@h', ['pw']],
  ['rtsp://admin@h/x', []],
  ['rtsp://admin:@h/x', []],
  ['rtsp://h:554#x=y@z', []],
  ['rtsp://h:554/x@y', []],
  ['rtsp://[fe80::1]:554/x@y', []],
  ['ffmpeg:rtsp://u:secret@h/x#video=h264', ['secret']],
  ['ffmpeg:x#input=rtsp://u:se:cret@h', ['se:cret']],
  ['exec:ffmpeg -i "rtsp://u:pw@h/x" -f null', ['pw']],
  ['http://h/flv?user=admin&password=pw&x=1', ['pw']],
  ['http://h/x?TOKEN=abc;Api_Key=def', ['abc', 'def']],
  ['http://h/x?monkey=abc', []],
  ['x:y#password=a b&c#z', ['a b&c']],
  ['x:y#header=Authorization: Basic abc#video', ['Basic abc']],
  ['x:y#header=X-Api-Key: abc', ['abc']],
  ['x:y#header=Accept: text/html', []],
  ['http://u:p@h/?url=rtsp://v:q@h2/x&session=s', ['p', 'q', 's']],
  ['a {secret:0123', ['{secret:']],
  ['demo:', []],
]

test.for(rows)('in %s the secrets are %j', ([source, secrets]) => {
  expect(secretsIn(source)).toEqual(secrets)
})

test('only the passwords of URLs are looked for in texts for people', () => {
  expect(urlPasswords('dial rtsp://u:pw@h/x failed, password=1').length).toBe(1)
})

test('whatever the text, the stretches are in order and inside it', () => {
  const piece = fc.constantFrom(
    'rtsp://',
    ':',
    '@',
    '#',
    '/',
    '?',
    'password=',
    '{secret:',
    '#header=Authorization: ',
    ' ',
    'a',
    '[',
    ']',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string())), pieces => {
      const text = pieces.join('')
      let last = 0
      for (const { start, end } of findSecrets(text)) {
        expect(start).toBeGreaterThanOrEqual(last)
        expect(end).toBeGreaterThan(start)
        last = end
      }
      expect(last).toBeLessThanOrEqual(text.length)
    }),
  )
})

test('a long line of URLs is read in bounded time', () => {
  expect(findSecrets('rtsp://a:b'.repeat(800)).length).toBeLessThanOrEqual(800)
})
