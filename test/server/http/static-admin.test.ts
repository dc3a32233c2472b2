import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveAdmin } from '#server/http/static-admin.ts'

const folder = mkdtempSync(join(tmpdir(), 'sightline-admin-'))
const dist = join(folder, 'dist')
const app: FastifyInstance = Fastify()
beforeAll(async () => {
  mkdirSync(join(dist, 'assets'), { recursive: true })
  writeFileSync(join(dist, 'index.html'), '<!doctype html><p>admin')
  writeFileSync(join(dist, 'stream.html'), '<script type="module" src="./a.js"></script><p>stream')
  writeFileSync(join(dist, 'webrtc.html'), '<style>p{}</style><script type="module">code()</script>')
  writeFileSync(join(dist, 'favicon.svg'), '<svg/>')
  writeFileSync(join(dist, 'assets', 'index-abc.js'), 'code()')
  writeFileSync(join(dist, 'assets', 'index-abc.js.br'), brotliCompressSync('code()'))
  writeFileSync(join(folder, 'secret'), 'canary')
  writeFileSync(join(dist, '.hidden'), 'canary')
  symlinkSync(join(folder, 'secret'), join(dist, 'way-out'))
  await serveAdmin(app, dist)
})
afterAll(() => rmSync(folder, { recursive: true }))

const page = { accept: 'text/html,*/*' }

describe('the admin', () => {
  test.each(['identity', 'gzip', 'br, gzip'])('opens at / for a browser that reads %s', async encoding => {
    const { statusCode, headers, body } = await app.inject({
      url: '/?x=1',
      headers: { ...page, 'accept-encoding': encoding },
    })
    expect([statusCode, body]).toEqual([200, '<!doctype html><p>admin'])
    expect(headers['cache-control']).toBe('no-cache')
    expect(headers['content-security-policy']).toContain("default-src 'self'")
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  test('may be framed by itself only; the pages for one stream by any page', async () => {
    const policy = async (url: string): Promise<unknown> => (await app.inject(url)).headers['content-security-policy']
    expect(await policy('/')).toContain("frame-ancestors 'self'")
    for (const page of ['/stream.html', '/webrtc.html']) expect(await policy(page)).toContain('frame-ancestors *')
  })

  test('allows a script that was built into a page by its hash, and no other', async () => {
    const { headers } = await app.inject('/webrtc.html')
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    expect(headers['content-security-policy']).toContain(`script-src 'self' ${hash('code()')};`)
    expect(headers['content-security-policy']).toContain(`style-src 'self' ${hash('p{}')};`)
    const stream = (await app.inject('/stream.html')).headers['content-security-policy']
    expect(stream).toContain("script-src 'self';")
  })

  test.each(['/streams/porch', '/add?x=1', '/apiary'])(
    'sends a browser that opens %s to its screen behind the #',
    async url => {
      const { statusCode, headers } = await app.inject({ url, headers: page })
      expect([statusCode, headers.location]).toEqual([302, `/#${url}`])
    },
  )

  test('answers HEAD, as a probe wants it', async () => {
    const { statusCode, body } = await app.inject({ url: '/', method: 'HEAD' })
    expect([statusCode, body]).toEqual([200, ''])
  })

  test('sends index.html to where it lives', async () => {
    const { statusCode, headers } = await app.inject('/index.html')
    expect([statusCode, headers.location]).toEqual([301, './'])
  })

  test('keeps what has a hash in its name for ever, and sends it compressed to who can read that', async () => {
    const plain = await app.inject('/assets/index-abc.js')
    expect([plain.body, plain.headers['cache-control']]).toEqual(['code()', 'public, max-age=31536000, immutable'])
    const small = await app.inject({ url: '/assets/index-abc.js', headers: { 'accept-encoding': 'br' } })
    expect(small.headers['content-encoding']).toBe('br')
    expect(small.headers['content-type']).toContain('javascript')
  })

  test.each([
    ['an API path', '/api/nothing', page],
    ['the API’s root', '/api', page],
    ['a script that is not there', '/assets/gone.js', { accept: '*/*' }],
    ['a page’s own request', '/streams/porch', { ...page, 'sec-fetch-mode': 'cors' }],
    ['a file outside', '/../secret', { accept: '*/*' }],
    ['a file outside, encoded', '/..%2fsecret', { accept: '*/*' }],
    ['a file outside, twice encoded', '/%252e%252e/secret', { accept: '*/*' }],
    ['a file outside, with a backslash', '/%5c..%5csecret', { accept: '*/*' }],
    ['a hidden file', '/.hidden', { accept: '*/*' }],
    ['a NUL', '/index.html%00.js', { accept: '*/*' }],
  ])('is not what %s gets', async (_name, url, headers) => {
    const { statusCode, body } = await app.inject({ url, headers })
    expect(statusCode).toBeGreaterThanOrEqual(400)
    expect(body).not.toContain('admin')
    expect(body).not.toContain('canary')
  })

  test('that has not been built says how to, and still answers a probe', async () => {
    const bare = Fastify()
    await serveAdmin(bare, join(folder, 'nowhere'))
    expect((await bare.inject('/')).body).toContain('npm run build:admin')
    expect((await bare.inject({ url: '/', method: 'HEAD' })).statusCode).toBe(200)
    expect((await bare.inject('/x')).body).toBe('404 page not found\n')
  })
})
