import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'
import { StunServer } from '#test/helpers/stun-server.ts'
import { chromiumOffer, publishingOffer } from '#test/helpers/web-rtc-offers.ts'
import { openWebSocket } from '#test/helpers/web-socket-viewer.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await server.request('/api/streams?name=demo&src=demo:', { method: 'PUT' })
})
afterAll(() => server[Symbol.asyncDispose]())

const post = (query: string, body: string, type?: string): Promise<Response> =>
  server.request(`/api/webrtc${query}`, {
    method: 'POST',
    body: Buffer.from(body),
    headers: type === undefined ? {} : { 'content-type': type },
  })

describe('POST /api/webrtc answers', () => {
  test('JSON with JSON', async () => {
    const answer = await post('?src=demo', JSON.stringify({ type: 'offer', sdp: chromiumOffer }), 'application/json')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(await answer.json()).toEqual({ type: 'answer', sdp: expect.stringMatching(/^v=0[\s\S]*a=candidate:/) })
  })

  test('WHEP with 201', async () => {
    const answer = await post('?src=demo', chromiumOffer, 'application/sdp')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'application/sdp'])
    expect(await answer.text()).toMatch(/^v=0/)
    const address = answer.headers.get('location') ?? ''
    expect(address).toMatch(/^webrtc\?id=\w+$/)
    expect((await server.request(`/api/${address}`, { method: 'DELETE' })).status).toBe(200)
    expect((await server.request(`/api/${address}`, { method: 'DELETE' })).status).toBe(404)
  })

  test.each(['application/sdp', 'text/plain'])('WHIP of any type (%s) with 201 and an address', async type => {
    const answer = await post('?dst=demo', publishingOffer('AA:BB'), type)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'application/sdp'])
    expect(await answer.text()).toMatch(/^v=0[\s\S]*a=recvonly/)
    const address = answer.headers.get('location') ?? ''
    expect(address).toMatch(/^webrtc\?id=\w+$/)
    expect((await server.request(`/api/${address}`, { method: 'DELETE' })).status).toBe(200)
  })

  test('who sends pictures to a name that was asked for watching is taken for who publishes there', async () => {
    const answer = await post('?src=demo', publishingOffer('AA:BB'), 'application/sdp')
    expect(answer.status).toBe(201)
    expect(await answer.text()).toContain('a=recvonly')
  })

  test('a form with base64', async () => {
    const form = new URLSearchParams({ data: Buffer.from(chromiumOffer).toString('base64') }).toString()
    const answer = await post('?src=demo', form, 'application/x-www-form-urlencoded')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-www-form-urlencoded'])
    expect(Buffer.from(await answer.text(), 'base64').toString()).toMatch(/^v=0/)
  })

  test('anything else in kind', async () => {
    const answer = await post('?src=demo', chromiumOffer, 'text/plain')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain'])
    expect(await answer.text()).toMatch(/^v=0/)
  })
})

describe('/api/webrtc refuses', () => {
  test.each([
    ['no stream', '', chromiumOffer, 400, '\n'],
    ['an unknown one', '?src=nobody', chromiumOffer, 404, 'stream not found\n'],
    ['nowhere to publish', '?dst=nobody', chromiumOffer, 404, 'stream not found\n'],
    ['who publishes nothing', '?dst=demo', chromiumOffer.replace('a=sendrecv', 'a=recvonly'), 500, expect.any(String)],
    ['no offer', '?src=demo', '', 500, expect.stringContaining('session description')],
    ['what is none', '?src=demo', 'rubbish', 500, expect.any(String)],
    [
      'one without fingerprint',
      '?src=demo',
      chromiumOffer.replace(/a=fingerprint.*\r\n/, ''),
      500,
      expect.stringContaining('fingerprint'),
    ],
    [
      'one with nothing in common',
      '?src=demo',
      chromiumOffer.replaceAll('H264', 'H266'),
      500,
      expect.stringContaining('codecs not matched: video:H264'),
    ],
  ])('%s', async (_name, query, body, status, text) => {
    const answer = await post(query, body, 'application/sdp')
    expect([answer.status, await answer.text()]).toEqual([status, text])
  })

  test('JSON that is none', async () => {
    expect((await post('?src=demo', '{"type":"offer"}', 'application/json')).status).toBe(400)
  })

  test('an offer of ten megabytes, before it is read', async () => {
    const answer = await post('?src=demo', chromiumOffer + 'a=x\r\n'.repeat(2_000_000), 'application/sdp').catch(
      () => undefined,
    )
    expect([413, undefined]).toContain(answer?.status)
  })

  test.each([
    ['GET', 405],
    ['PATCH', 405],
    ['OPTIONS', 204],
    ['DELETE', 400],
  ])('%s with %i', async (method, status) => {
    expect((await server.request('/api/webrtc?src=demo', { method })).status).toBe(status)
  })
})

describe('/api/ws', () => {
  const ws = (): string => `${server.url}/api/ws?src=demo`

  test('answers webrtc/offer, and tells its candidates afterwards', async () => {
    await using viewer = await openWebSocket(ws())
    viewer.send({ type: 'webrtc/candidate', value: 'candidate:1 1 udp 1 127.0.0.1 9 typ host' })
    viewer.send({ type: 'webrtc/offer', value: chromiumOffer })
    const answer = await viewer.next('the answer')
    expect(answer).toMatchObject({ text: { type: 'webrtc/answer', value: expect.not.stringContaining('a=candidate') } })
    const candidate = await viewer.next('a candidate')
    expect(candidate).toMatchObject({
      text: { type: 'webrtc/candidate', value: expect.stringMatching(/^candidate:\d+ 1 udp/) },
    })
    viewer.send({ type: 'webrtc/candidate', value: '' })
  })

  test('answers Home Assistant’s webrtc in an object', async () => {
    await using viewer = await openWebSocket(ws())
    viewer.send({ type: 'webrtc', value: { type: 'offer', sdp: chromiumOffer, ice_servers: [] } })
    expect(await viewer.next('the answer')).toMatchObject({
      text: { type: 'webrtc', value: { type: 'answer', sdp: expect.stringMatching(/^v=0/) } },
    })
  })

  test('takes what is published to dst', async () => {
    await using viewer = await openWebSocket(`${server.url}/api/ws?dst=demo`)
    viewer.send({ type: 'webrtc/offer', value: publishingOffer('AA:BB') })
    expect(await viewer.next('the answer')).toMatchObject({
      text: { type: 'webrtc/answer', value: expect.stringContaining('a=recvonly') },
    })
    await using other = await openWebSocket(`${server.url}/api/ws?dst=nobody`)
    other.send({ type: 'webrtc/offer', value: publishingOffer('AA:BB') })
    expect(await other.next('the error')).toEqual({ text: { type: 'error', value: 'webrtc/offer: stream not found' } })
  })

  test.each([
    ['a text', 'stun:a'],
    ['a text for urls', [{ urls: 'stun:a' }]],
    ['numbers for urls', [{ urls: [1] }]],
    ['nothing', [null]],
  ])('refuses ice_servers that are %s', async (_name, servers) => {
    await using viewer = await openWebSocket(ws())
    viewer.send({ type: 'webrtc', value: { type: 'offer', sdp: chromiumOffer, ice_servers: servers } })
    const text = { type: 'error', value: expect.stringContaining('ice_servers') }
    expect(await viewer.next('the error')).toEqual({ text })
  })

  test('tells of the address that a server of the viewer’s own sees', async () => {
    using stun = await StunServer.start()
    await using viewer = await openWebSocket(ws())
    viewer.send({ type: 'webrtc', value: { type: 'offer', sdp: chromiumOffer, ice_servers: [{ urls: [stun.url] }] } })
    const told: string[] = []
    while (!told.some(line => line.includes('typ srflx'))) told.push(JSON.stringify(await viewer.next('a candidate')))
    expect(told.at(-1)).toContain('203.0.113.5 8555 typ srflx')
  })

  test.each([
    ['what is no offer', 'rubbish', /^webrtc\/offer: streams: /],
    ['no text', 7, /^webrtc\/offer: no offer$/],
    ['nothing in common', chromiumOffer.replaceAll('H264', 'H266'), /^webrtc\/offer: streams: codecs not matched: /],
  ])('says of %s what is wrong, with the type of the request before it', async (_name, value, text) => {
    await using viewer = await openWebSocket(ws())
    viewer.send({ type: 'webrtc/offer', value })
    expect(await viewer.next('the error')).toEqual({ text: { type: 'error', value: expect.stringMatching(text) } })
  })
})
