import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { credentialsFor, escapeForLine, formatTarget, isTrusted, parseRtspUrl } from '#media/protocols/rtsp/rtsp-url.ts'
import { SourceNotSupportedError } from '#media/streams/source-url.ts'

const url = (host: string, port: number, path: string, username?: string, password = '') => ({
  scheme: 'rtsp',
  host,
  port,
  path,
  ...(username !== undefined && { credentials: { username, password } }),
})

describe('an address', () => {
  test.each([
    ['rtsp://192.168.1.5', url('192.168.1.5', 554, '')],
    ['RTSP://camera.local:8554/live?a=b&c', url('camera.local', 8554, '/live?a=b&c')],
    ['rtsp://camera?channel=1', url('camera', 554, '?channel=1')],
    ['rtsp://camera:/live', url('camera', 554, '/live')],
    ['rtsp://[fe80::1]:8554/live', url('fe80::1', 8554, '/live')],
    ['rtsp://[fe80::1%eth0]/live', url('fe80::1%eth0', 554, '/live')],
    ['rtsp://::ffff:192.168.1.5/live', url('192.168.1.5', 554, '/live')],
    ['rtsp://::ffff:192.168.1.5:8554/live', url('192.168.1.5', 8554, '/live')],
    ['rtsp://rtsp://camera/live', url('camera', 554, '/live')],
    ['rtsp://admin@camera/live', url('camera', 554, '/live', 'admin')],
    ['rtsp://admin:12345@camera/live', url('camera', 554, '/live', 'admin', '12345')],
    ['rtsp://admin:p%40ss%3Aw%2Frd@camera/live', url('camera', 554, '/live', 'admin', 'p@ss:w/rd')],
    ['rtsp://admin:p@ss@camera/live', url('camera', 554, '/live', 'admin', 'p@ss')],
    ['rtsp://admin:a:b@camera/live', url('camera', 554, '/live', 'admin', 'a:b')],
    ['rtsp://admin:pa/ss?@camera/live', url('camera', 554, '/live', 'admin', 'pa/ss?')],
    ['rtsp://admin:100%@camera/live', url('camera', 554, '/live', 'admin', '100%')],
    ['rtsp://@camera/live', url('camera', 554, '/live')],
    ['rtsp://camera/user=admin&password=a@b', url('camera', 554, '/user=admin&password=a@b')],
    ['rtsp://camera:554/live?email=a@b', url('camera', 554, '/live?email=a@b')],
  ])('is read: %s', (text, parts) => {
    expect(parseRtspUrl(text)).toEqual(parts)
  })

  test.each(['rtsps', 'rtspx'])('may ask for TLS: %s', scheme => {
    expect(parseRtspUrl(`${scheme}://camera/live`).scheme).toBe(scheme)
  })

  test.each([
    '',
    'rtsp:',
    'rtsp://',
    'rtsp:///live',
    'http://camera',
    'rtsp://camera:0',
    'rtsp://camera:70000',
    'rtsp://a b/',
  ])('is refused: "%s"', text => {
    expect(() => parseRtspUrl(text)).toThrow(SourceNotSupportedError)
  })

  test('of any text is read or refused', () => {
    const part = fc.constantFrom('rtsp://', 'admin', ':', '@', '/', '?', '[', ']', '::', '.', '5', '%')
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(part, { maxLength: 20 }).map(parts => parts.join('')),
    )
    fc.assert(
      fc.property(text, rest => {
        try {
          const { host, port } = parseRtspUrl(`rtsp://${rest}`)
          expect(host).not.toBe('')
          expect(port).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(SourceNotSupportedError)
        }
      }),
    )
  })

  test('with encoded credentials gives them back', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1 })
    fc.assert(
      fc.property(word, word, (username, password) => {
        const userinfo = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`
        expect(parseRtspUrl(`rtsp://${userinfo}@camera:554/live`).credentials).toEqual({ username, password })
      }),
    )
  })
})

describe('what the camera is asked for', () => {
  test.each([
    ['rtsp://admin:12345@camera/live?a=b', 'rtsp://camera/live?a=b'],
    ['rtsp://camera:554/live/', 'rtsp://camera/live/'],
    ['rtsp://camera:8554', 'rtsp://camera:8554'],
    ['rtsp://[fe80::1]/live', 'rtsp://[fe80::1]/live'],
    ['rtspx://camera:7441/abc', 'rtsps://camera:7441/abc'],
    ['rtsp://camera/a b\r\nTeardown: x', 'rtsp://camera/a%20b%0D%0ATeardown:%20x'],
    ['rtsp://camera/Küche', 'rtsp://camera/K%C3%BCche'],
  ])('has no credentials and nothing that ends a line: %s', (text, target) => {
    expect(formatTarget(parseRtspUrl(text))).toBe(target)
  })

  test('is one word, whatever was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(escapeForLine(text)).toMatch(/^[!-~]*$/)
      }),
    )
  })
})

test.each([
  ['ws://192.168.1.9/', 'admin'],
  ['ws://camera.example/x', 'admin'],
  ['ws://[fd00::1]/', 'admin'],
  ['ws://guest:p%40ss@elsewhere.example/', 'guest'],
  ['ws://elsewhere.example/', undefined],
  ['ws://8.8.8.8/', undefined],
])('who we are at %s', (to, username) => {
  const camera = parseRtspUrl('rtsp://admin:12345@Camera.example/live')
  expect(credentialsFor(new URL(to), camera)?.username).toBe(username)
  if (username === 'admin') expect(isTrusted(new URL(to).hostname.replace(/[[\]]/g, ''), camera)).toBe(true)
})
