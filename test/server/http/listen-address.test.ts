import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listenProblem, parseListenAddress } from '#server/http/listen-address.ts'

test.each([
  [':1984', { host: '::', port: 1984 }],
  ['127.0.0.1:1984', { host: '127.0.0.1', port: 1984 }],
  ['[::1]:80', { host: '::1', port: 80 }],
  ['nas:0', { host: 'nas', port: 0 }],
  ['0.0.0.0:65535', { host: '0.0.0.0', port: 65_535 }],
  [':65536', undefined],
  ['1984', undefined],
  ['::1:80', undefined],
  ['', undefined],
  ['host:port', undefined],
])('%s is %o', (text, address) => {
  expect(parseListenAddress(text)).toEqual(address)
})

test('any text is an address or none', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      const address = parseListenAddress(text)
      if (address !== undefined) expect(address.port).toBeLessThanOrEqual(65_535)
    }),
  )
})

test.each([
  ['EADDRINUSE', 'port 1984 is already in use'],
  ['EACCES', 'may not listen on :1984'],
  ['EADDRNOTAVAIL', 'no address'],
  ['EOTHER', 'cannot listen on :1984: it broke'],
])('%s is told in words, and which setting helps', (code, words) => {
  const { message } = listenProblem(Object.assign(new Error('it broke'), { code }), ':1984', 'api.listen')
  expect(message).toContain(words)
  if (code !== 'EOTHER') expect(message).toContain('api.listen')
})
