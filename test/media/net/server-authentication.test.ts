import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ClientAuthentication, formatBasic } from '#media/net/authentication.ts'
import { ServerAuthentication } from '#media/net/server-authentication.ts'

const credentials = { username: 'anna', password: 'a"b\\c:d' }
const request = { method: 'DESCRIBE', target: 'rtsp://h/porch' }
const server = (): ServerAuthentication => new ServerAuthentication(credentials, 'go2rtc', () => 'n0nce')

test('offers Basic first and Digest beside it', () => {
  expect(server().challenges).toEqual(['Basic realm="go2rtc"', 'Digest realm="go2rtc", nonce="n0nce"'])
})

describe('a client', () => {
  const answer = (challenges: readonly string[], known = credentials): string => {
    const client = new ClientAuthentication(known)
    expect(client.accept(challenges)).toBe(true)
    return client.authorize(request)!
  }

  test('proves itself by Basic or by Digest', () => {
    const [basic, digest] = server().challenges
    expect(server().check(answer([basic!]), request)).toBe('right')
    expect(answer([digest!])).toMatch(/^Digest /)
    expect(server().check(answer([digest!]), request)).toBe('right')
  })

  test('may use a quality of protection although none was asked for', () => {
    const digest = answer([`${server().challenges[1]}, qop="auth"`])
    expect(digest).toContain('qop=auth')
    expect(server().check(digest, request)).toBe('right')
  })

  test('may sign the address of the stream for its tracks', () => {
    const digest = answer(server().challenges)
    expect(server().check(digest, { ...request, target: `${request.target}/trackID=1` })).toBe('right')
  })

  test.each([
    ['says nothing', undefined, 'absent'],
    ['says nothing at all', '', 'absent'],
    ['has another password', formatBasic({ ...credentials, password: 'x' }), 'wrong'],
    ['speaks of something else', 'Bearer abc', 'wrong'],
    ['goes on and on', `Digest ${'a'.repeat(5000)}`, 'wrong'],
    ['has nothing to say', 'Digest ', 'wrong'],
  ])('that %s is let in or not', (_name, header, expected) => {
    expect(server().check(header, request)).toBe(expected)
  })

  test.each([
    ['another nonce', { nonce: 'other' }],
    ['another realm', { realm: 'other' }],
    ['another method', { method: 'PLAY' }],
    ['another address', { target: 'rtsp://h/garden' }],
  ])('with %s is refused', (_name, change) => {
    const { nonce = 'n0nce', realm = 'go2rtc', ...other } = change as Record<string, string>
    const header = answer([`Digest realm="${realm}", nonce="${nonce}"`])
    expect(server().check(header, { ...request, ...other })).toBe('wrong')
  })

  test('may send any header', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map(text => `Digest ${text}`),
        ),
        header => {
          expect(['absent', 'wrong']).toContain(server().check(header, request))
        },
      ),
    )
  })
})
