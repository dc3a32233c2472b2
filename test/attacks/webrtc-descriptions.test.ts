import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'
import { chromiumOffer } from '#test/helpers/web-rtc-offers.ts'

/** What mistakes of ours look like, where the asker's should have been named. */
const OURS = /"internal"|ERR_[A-Z]|TypeError|RangeError|Cannot read|is not a function|is out of range|undefined/

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ yaml: 'streams:\n  porch: "demo:"\n  studio:\n' })
})
afterAll(() => server?.[Symbol.asyncDispose]())

const video = /m=video[\s\S]*?(?=m=audio)/.exec(chromiumOffer)![0]
const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\r\n`).join('')
const inVideo = (text: string): string => chromiumOffer.replace('a=mid:0\r\n', `a=mid:0\r\n${text}`)

/** What is offered, and whether somebody who watches is answered. */
const offers: readonly (readonly [what: string, offer: string, taken: boolean])[] = [
  ['ten megabytes', `${chromiumOffer}${'a=x\r\n'.repeat(2 * 1024 * 1024)}`, false],
  ['a line of a megabyte', inVideo(`a=${'x'.repeat(1024 * 1024)}\r\n`), false],
  ['thousands of m-lines', chromiumOffer + video.repeat(2000), false],
  ['thirty m-lines of one name', chromiumOffer + video.repeat(28), true],
  ['thousands of candidates', inVideo(lines(4000, at => `a=candidate:${at} 1 udp 1 10.0.0.1 ${at} typ host`)), false],
  ['hundreds of candidates', inVideo(lines(700, at => `a=candidate:${at} 1 udp 1 127.0.0.1 ${at} typ host`)), true],
  [
    'hundreds of candidates by name',
    inVideo(lines(700, at => `a=candidate:${at} 1 udp 1 x${at}.local 9 typ host`)),
    true,
  ],
  ['candidates that are none', inVideo('a=candidate:\r\na=candidate:1 1 udp 1 999.0.0.1 99999 typ\r\n'), true],
  ['hundreds of fingerprints', inVideo(lines(700, at => `a=fingerprint:sha-256 ${at}`)), true],
  ['no name for checks', chromiumOffer.replaceAll(/a=ice-ufrag.*\r\n/g, ''), false],
  ['no password for checks', chromiumOffer.replaceAll(/a=ice-pwd.*\r\n/g, ''), false],
  ['no fingerprint', chromiumOffer.replaceAll(/a=fingerprint.*\r\n/g, ''), false],
  ['a name for checks of 50 KB', chromiumOffer.replaceAll('Zx3w', 'x'.repeat(10_000)), true],
  ['ports that are zero', chromiumOffer.replaceAll(/^(m=\w+) 9/gm, '$1 0'), true],
  ['no codecs', chromiumOffer.replaceAll(/a=(?:rtpmap|fmtp).*\r\n/g, ''), false],
  [
    'all payload types',
    chromiumOffer.replace('96 97 102', `${lines(128, String).replaceAll('\r\n', ' ')}96 97 102`),
    true,
  ],
  ['payload types beyond all', chromiumOffer.replace('96 97 102', `${'999 '.repeat(5000)}96 97 102`), true],
  [
    'retransmissions of themselves',
    chromiumOffer.replaceAll('apt=103', 'apt=104').replaceAll('apt=106', 'apt=107'),
    true,
  ],
  ['retransmissions of nothing', chromiumOffer.replaceAll(/apt=\d+/g, 'apt='), true],
  ['a port of data that is none', chromiumOffer.replace('sctp-port:5000', 'sctp-port:99999999999'), true],
  ['an extension without a number', inVideo('a=extmap:/x urn:ietf:params:rtp-hdrext:sdes:mid\r\n'), true],
  [
    'names that prototypes have',
    chromiumOffer.replace('a=mid:0', 'a=mid:__proto__').replace('BUNDLE 0', 'BUNDLE __proto__'),
    true,
  ],
  ['nothing', '', false],
  ['rubbish', '\0\u{1F4A9}'.repeat(1000), false],
]

test.each(offers)('an offer with %s is answered, or refused in a sentence', async (_what, body, taken) => {
  for (const query of ['src=porch', 'dst=studio']) {
    const headers = { 'content-type': 'application/sdp' }
    const response = await server.request(`/api/webrtc?${query}`, { method: 'POST', headers, body })
    const text = await response.text()
    expect(text).not.toMatch(OURS)
    if (query === 'src=porch') expect(response.status === 201, `${response.status} ${text.slice(0, 200)}`).toBe(taken)
  }
  const response = await server.request('/api/webrtc?src=porch', { method: 'POST', body: chromiumOffer })
  expect(await response.text()).toContain('m=video 9 UDP/TLS/RTP/SAVPF')
  expect(server.lines.filter(line => OURS.test(line))).toEqual([])
})
