import { describe, expect, test } from 'vitest'
import { type AccessRules, admit, isOwner } from '#server/http/admission.ts'

const open: AccessRules = { username: '', password: '', localAuth: false, origin: '', allowHosts: [] }
const closed: AccessRules = { ...open, username: 'u', password: 'p' }
const right = `Basic ${Buffer.from('u:p').toString('base64')}`
const host = '192.168.1.5:1984'

const status = (knock: {
  readonly method?: string
  readonly from?: string
  readonly headers?: Record<string, string>
  readonly rules?: AccessRules
}): number => {
  const { method = 'GET', from = '192.168.1.9', headers = {}, rules = open } = knock
  const admission = admit({ method, headers: { host, ...headers }, remoteAddress: from }, rules)
  return 'caller' in admission ? 200 : admission.rejection.status
}

describe('before anybody configured anything', () => {
  test.each([
    { name: 'this machine reads', from: '127.0.0.1', status: 200 },
    { name: 'this machine changes', from: '127.0.0.1', method: 'PUT', status: 200 },
    { name: 'the network reads', status: 200 },
    { name: 'the network changes', method: 'PUT', status: 200 },
    { name: 'strangers do not even read', from: '8.8.8.8', status: 403 },
    {
      name: 'strangers behind a proxy here do not change anything',
      from: '127.0.0.1',
      method: 'PUT',
      headers: { 'x-forwarded-for': '8.8.8.8' },
      status: 403,
    },
    {
      name: 'a page of another site changes nothing',
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      status: 403,
    },
    {
      name: 'a form of another site changes nothing',
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'sec-fetch-site': 'cross-site' },
      status: 403,
    },
    { name: 'a name pointed here changes nothing', method: 'PUT', headers: { host: 'evil.example:1984' }, status: 421 },
    {
      name: 'a page under a name pointed here reads nothing',
      headers: { host: 'evil.example:1984', origin: 'http://evil.example:1984' },
      status: 421,
    },
    {
      name: 'a page under a name pointed here has a referrer at least',
      headers: { host: 'evil.example:1984', referer: 'http://evil.example:1984/' },
      status: 421,
    },
    { name: 'a program that uses any name reads', headers: { host: 'nas.example.org:1984' }, status: 200 },
  ])('$name', ({ status: expected, ...knock }) => {
    expect(status(knock)).toBe(expected)
  })
})

describe('with credentials', () => {
  test.each([
    { name: 'the network is asked for them', status: 401 },
    { name: 'who has them comes in', headers: { authorization: right }, status: 200 },
    { name: 'who has them comes in from anywhere', from: '8.8.8.8', headers: { authorization: right }, status: 200 },
    { name: 'who has wrong ones does not', headers: { authorization: 'Basic eDp5' }, status: 401 },
    { name: 'this machine is not asked', from: '127.0.0.1', status: 200 },
    { name: 'a unix socket is not asked', from: '', status: 200 },
    {
      name: 'this machine is asked with local_auth',
      from: '127.0.0.1',
      rules: { ...closed, localAuth: true },
      status: 401,
    },
    {
      name: 'a proxy here lends its trust for reading',
      from: '127.0.0.1',
      headers: { 'x-forwarded-for': '192.168.1.7' },
      status: 200,
    },
    {
      name: 'a proxy here lends no trust for changing',
      from: '127.0.0.1',
      method: 'PUT',
      headers: { 'x-forwarded-for': '192.168.1.7' },
      status: 401,
    },
    { name: 'a preflight is asked as well', method: 'OPTIONS', status: 401 },
    {
      name: 'another site’s page changes nothing even with them',
      method: 'POST',
      headers: { authorization: right, origin: 'https://evil.example' },
      status: 403,
    },
  ])('$name', ({ status: expected, ...knock }) => {
    expect(status({ rules: closed, ...knock })).toBe(expected)
  })

  test('go2rtc’s realm is named', () => {
    const admission = admit({ method: 'GET', headers: { host }, remoteAddress: '192.168.1.9' }, closed)
    expect(admission).toMatchObject({
      rejection: { message: 'Unauthorized', headers: { 'www-authenticate': 'Basic realm="go2rtc"' } },
    })
  })

  test('their user is known by name', () => {
    const headers = { host, authorization: right }
    expect(admit({ method: 'GET', headers, remoteAddress: '::ffff:192.168.1.9' }, closed)).toEqual({
      caller: { address: '192.168.1.9', ring: 'lan', user: 'u' },
    })
  })
})

test('the owner is this machine itself, or who has credentials', () => {
  expect(isOwner({ address: '127.0.0.1', ring: 'local' })).toBe(true)
  expect(isOwner({ address: '192.168.1.9', ring: 'lan' })).toBe(false)
  expect(isOwner({ address: '8.8.8.8', ring: 'far', user: 'u' })).toBe(true)
})
