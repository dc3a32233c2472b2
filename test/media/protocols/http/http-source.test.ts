import { describe, expect, test } from 'vitest'
import { parseHttpSource } from '#media/protocols/http/http-source.ts'
import { parseSourceUrl, SourceNotSupportedError } from '#media/streams/source-url.ts'

const parse = (text: string) => {
  const { url, ...rest } = parseHttpSource(parseSourceUrl(text))
  return { url: url.href, ...rest }
}

describe('an http source', () => {
  test.each([
    { source: 'http://camera/video.mjpg?x=1', url: 'http://camera/video.mjpg?x=1' },
    { source: 'HTTPS://camera:8443/', url: 'https://camera:8443/' },
    { source: 'httpx://192.168.1.5/snap.jpg', url: 'https://192.168.1.5/snap.jpg', unverified: true },
    { source: 'http://[fd00::5]:81/x', url: 'http://[fd00::5]:81/x' },
    { source: 'http://admin@camera/', url: 'http://camera/', credentials: { username: 'admin', password: '' } },
    {
      source: 'http://admin:pa%23s@camera/',
      url: 'http://camera/',
      credentials: { username: 'admin', password: 'pa#s' },
    },
    {
      source: 'http://admin:pa#s@camera/',
      url: 'http://camera/',
      credentials: { username: 'admin', password: 'pa#s' },
    },
    {
      source: 'http://admin:100%@camera/',
      url: 'http://camera/',
      credentials: { username: 'admin', password: '100%' },
    },
    {
      source: 'http://camera/x#header=X-Key: a=b: c#other#header=Accept:image/jpeg',
      url: 'http://camera/x',
      headers: [
        ['X-Key', 'a=b: c'],
        ['Accept', 'image/jpeg'],
      ],
    },
  ])('$source', ({ source, ...expected }) => {
    expect(parse(source)).toEqual({ headers: [], unverified: false, ...expected })
  })

  test.each([
    'http://',

    'http://camera:99999/',
    'http://a b/',
    'http://camera/#header=X',
    'http://camera/#header=a b: c',
    'http://camera/#header=A: b\u0000',
  ])('is refused: %j', source => {
    expect(() => parse(source)).toThrow(SourceNotSupportedError)
  })
})
