import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ClientAuthentication,
  checkBasic,
  formatBasic,
  parseChallenges,
  pickChallenge,
} from '#media/net/authentication.ts'

const mufasa = { username: 'Mufasa', password: 'Circle of Life' }
const describing = { method: 'DESCRIBE', target: 'rtsp://camera/live' }

describe('challenges', () => {
  const rows: { name: string; values: string[]; found: [string, Record<string, string>][] }[] = [
    { name: 'one', values: ['Basic realm="camera"'], found: [['basic', { realm: 'camera' }]] },
    {
      name: 'one a header',
      values: ['Digest realm="a", nonce="b"', 'Basic realm="a"'],
      found: [
        ['digest', { realm: 'a', nonce: 'b' }],
        ['basic', { realm: 'a' }],
      ],
    },
    {
      name: 'two in one header',
      values: ['Digest realm="a", algorithm=SHA-256, qop="auth,auth-int", Basic realm="b"'],
      found: [
        ['digest', { realm: 'a', algorithm: 'SHA-256', qop: 'auth,auth-int' }],
        ['basic', { realm: 'b' }],
      ],
    },
    {
      name: 'quotes, spaces and capitals',
      values: ['DIGEST Realm = "a \\"b\\", c" , NONCE=x==,stale=TRUE'],
      found: [['digest', { realm: 'a "b", c', nonce: 'x==', stale: 'TRUE' }]],
    },
    { name: 'a scheme alone', values: ['Negotiate'], found: [['negotiate', {}]] },
    { name: 'nothing', values: ['', '=', '"'], found: [] },
  ]

  test.each(rows)('are read: $name', ({ values, found }) => {
    const read = parseChallenges(values).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])
    expect(read).toEqual(found)
  })

  test.each([
    ['SHA-256 before MD5', ['Digest algorithm=MD5', 'Digest algorithm=SHA-256'], 'SHA-256'],
    ['MD5 before Basic', ['Basic realm="a"', 'Digest algorithm=MD5'], 'MD5'],
    ['Digest that does not say its algorithm', ['Basic realm="a"', 'Digest realm="x"'], undefined],
  ])('the safest is picked: %s', (_name, values, algorithm) => {
    const picked = pickChallenge(parseChallenges(values))
    expect([picked?.scheme, picked?.parameters.get('algorithm')]).toEqual(['digest', algorithm])
  })

  test.each([
    ['an unknown scheme', ['Negotiate']],
    ['an unknown algorithm', ['Digest algorithm=CRC32, nonce="a"']],
    ['a digest over the body alone', ['Digest qop="auth-int", nonce="a"']],
  ])('none is picked of %s', (_name, values) => {
    expect(pickChallenge(parseChallenges(values))).toBeUndefined()
  })

  test('of any text are read without an error', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { maxLength: 3 }), values => {
        expect(parseChallenges(values).length).toBeLessThanOrEqual(16)
      }),
    )
  })

  test('of hostile length are read in bounded time', () => {
    expect(parseChallenges([`Digest a=${'"\\'.repeat(100_000)}`, 'a '.repeat(100_000)]).length).toBe(16)
    // A pattern that tries every way of sharing the blanks takes minutes for these.
    expect(parseChallenges(new Array(500).fill(`Digest${' '.repeat(8192)}!`)).length).toBe(16)
    expect(parseChallenges(new Array(500).fill(`${' '.repeat(8192)}!`))).toEqual([])
  })
})

describe('a client', () => {
  test('says nothing before it is asked', () => {
    expect(new ClientAuthentication(mufasa).authorize(describing)).toBeUndefined()
  })

  test('cannot answer what it does not know', () => {
    expect(new ClientAuthentication(mufasa).accept(['Negotiate'])).toBe(false)
  })

  test('answers Basic as RFC 7617 §2 shows', () => {
    const client = new ClientAuthentication({ username: 'Aladdin', password: 'open sesame' })
    client.accept(['Basic realm="WallyWorld"'])
    expect(client.authorize(describing)).toBe('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==')
  })

  // The worked example of RFC 7616 §3.9.1.
  const asked = { method: 'GET', target: '/dir/index.html' }
  const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
  const opaque = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS'
  const clientNonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('answers Digest with %s as RFC 7616 §3.9.1 shows', (algorithm, response) => {
    const client = new ClientAuthentication(mufasa, () => clientNonce)
    const realm = 'http-auth@example.org'
    client.accept([
      `Digest realm="${realm}", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="${opaque}"`,
    ])
    expect(client.authorize(asked)).toBe(
      `Digest username="Mufasa", realm="${realm}", nonce="${nonce}", uri="/dir/index.html", response="${response}", ` +
        `algorithm=${algorithm}, opaque="${opaque}", qop=auth, nc=00000001, cnonce="${clientNonce}"`,
    )
    expect(client.authorize(asked)).toContain('nc=00000002')
  })

  test('answers Digest without quality of protection as RFC 2069 says', () => {
    const client = new ClientAuthentication({ username: 'admin', password: '12345' })
    client.accept(['Digest realm="IP Camera", nonce="abc", stale="FALSE"'])
    // MD5(MD5("admin:IP Camera:12345"):abc:MD5("DESCRIBE:rtsp://camera/live")), by md5sum.
    expect(client.authorize(describing)).toBe(
      'Digest username="admin", realm="IP Camera", nonce="abc", uri="rtsp://camera/live", ' +
        'response="aabaca47d1fab396c8e4c47b91cb80ed"',
    )
  })

  test('tells an old nonce from a wrong password', () => {
    const client = new ClientAuthentication(mufasa)
    client.accept(['Digest nonce="a"'])
    expect(client.stale).toBe(false)
    client.accept(['Digest nonce="b", stale=true'])
    expect(client.stale).toBe(true)
  })

  test('starts counting again with a new nonce', () => {
    const client = new ClientAuthentication(mufasa)
    client.accept(['Digest nonce="a", qop=auth'])
    client.authorize(describing)
    client.accept(['Digest nonce="b", qop=auth'])
    expect(client.authorize(describing)).toContain('nc=00000001')
  })

  test('escapes quotes in the user name', () => {
    const client = new ClientAuthentication({ username: 'a"b\\c', password: '' })
    client.accept(['Digest nonce="a"'])
    expect(client.authorize(describing)).toContain('username="a\\"b\\\\c"')
  })
})

describe('a server', () => {
  const wanted = { username: 'admin', password: 'pä:ss' }

  test.each([
    ['absent', undefined],
    ['absent', ''],
    ['right', formatBasic(wanted)],
    ['right', formatBasic(wanted).replace('Basic', 'basic')],
    ['wrong', formatBasic({ username: 'admin', password: 'pa:ss' })],
    ['wrong', formatBasic({ username: 'admin:pä', password: 'ss' }).slice(0, -4)],
    ['wrong', 'Basic'],
    ['wrong', 'Basic !!!'],
    ['wrong', 'Basic AAAA\0'],
    ['wrong', 'Digest username="admin"'],
    ['wrong', `Basic ${'A'.repeat(1_000_000)}`],
  ] as const)('finds Basic credentials %s: %s', (check, header) => {
    expect(checkBasic(header, wanted)).toBe(check)
  })

  test('believes nobody who does not know the password', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), header => {
        expect(checkBasic(header, wanted)).not.toBe('right')
      }),
    )
  })

  test('believes everybody who does', () => {
    const word = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(word, word, (username, password) => {
        expect(checkBasic(formatBasic({ username, password }), { username, password })).toBe('right')
      }),
    )
  })
})
