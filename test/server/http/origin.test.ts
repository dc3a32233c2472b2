import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import { hostName, isCrossSite, isFromPage, isOwnHost, mayOpenWebSocket } from '#server/http/origin.ts'

const rules = { origin: '', allowHosts: [] as readonly string[] }

describe('a Host', () => {
  test.each([
    'localhost:1984',
    '127.0.0.1:1984',
    '[::1]:1984',
    '192.168.1.5',
    'nas',
    'go2rtc:1984',
    'camera.local:1984',
    'NAS.Home.Arpa',
    `${hostname()}:1984`,
  ])('%s is ours', host => {
    expect(isOwnHost(host, rules)).toBe(true)
  })

  test.each([
    'evil.example:1984',
    'evil.example.',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'local.example',
  ])('%s may have been pointed here', host => {
    expect(isOwnHost(host, rules)).toBe(false)
  })

  test('is ours when the configuration names it', () => {
    expect(isOwnHost('cams.example.org', { origin: '', allowHosts: ['cams.example.org'] })).toBe(true)
    expect(isOwnHost('cams.example.org:8443', { origin: 'https://cams.example.org', allowHosts: [] })).toBe(true)
  })

  test('is read without port, brackets and the last dot', () => {
    expect(['[FE80::1]:80', 'A.b.:1', 'x'].map(hostName)).toEqual(['fe80::1', 'a.b', 'x'])
  })
})

describe('a request that changes something', () => {
  const host = '192.168.1.5:1984'
  test.each([
    { name: 'of a program', headers: {}, cross: false },
    { name: 'of our own page', headers: { origin: 'http://192.168.1.5:1984' }, cross: false },
    {
      name: 'of our own page, behind a proxy',
      headers: { origin: 'https://ha.example', 'sec-fetch-site': 'same-origin' },
      cross: false,
    },
    {
      name: 'of our own page, with the name forwarded',
      headers: { origin: 'https://ha.example', 'x-forwarded-host': 'ha.example' },
      cross: false,
    },
    { name: 'of another site', headers: { origin: 'https://evil.example' }, cross: true },
    { name: 'of another port', headers: { origin: 'http://192.168.1.5:8123' }, cross: true },
    { name: 'of a page without an origin', headers: { origin: 'null' }, cross: true },
    { name: 'that the browser calls cross-site', headers: { 'sec-fetch-site': 'cross-site' }, cross: true },
    {
      name: 'that the browser calls cross-site with our origin',
      headers: { origin: `http://${host}`, 'sec-fetch-site': 'cross-site' },
      cross: true,
    },
  ] as const)('$name', ({ headers, cross }) => {
    expect(isCrossSite({ host, ...headers }, rules)).toBe(cross)
  })

  test('is let through from pages that the configuration allows', () => {
    const headers = { host, origin: 'https://ha.example', 'sec-fetch-site': 'cross-site' as const }
    expect(isCrossSite(headers, { origin: '*', allowHosts: [] })).toBe(false)
    expect(isCrossSite(headers, { origin: 'https://ha.example', allowHosts: [] })).toBe(false)
    expect(isCrossSite(headers, { origin: 'https://other.example', allowHosts: [] })).toBe(true)
  })
})

test('only what a browser sends for a page is from a page', () => {
  expect(isFromPage({})).toBe(false)
  expect(isFromPage({ 'sec-fetch-site': 'none' })).toBe(false)
  expect(isFromPage({ 'sec-fetch-site': 'same-origin' })).toBe(true)
  expect(isFromPage({ referer: 'http://a/' })).toBe(true)
  expect(isFromPage({ origin: 'http://a' })).toBe(true)
})

describe('a WebSocket', () => {
  const host = '192.168.1.5:1984'
  test.each([
    { name: 'of a program', origin: undefined, opens: true },
    { name: 'of our own page', origin: 'http://192.168.1.5:1984', opens: true },
    { name: 'of this host on another port', origin: 'http://192.168.1.5:8123', opens: true },
    { name: 'of another site', origin: 'https://evil.example', opens: false },
    { name: 'of nowhere', origin: 'null', opens: false },
  ])('$name', ({ origin, opens }) => {
    const headers = origin === undefined ? { host } : { host, origin }
    expect(mayOpenWebSocket(headers, rules)).toBe(opens)
  })

  test('opens for every page when the configuration says so', () => {
    expect(mayOpenWebSocket({ host, origin: 'https://any.example' }, { origin: '*', allowHosts: [] })).toBe(true)
  })
})
