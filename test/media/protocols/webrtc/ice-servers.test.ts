import { expect, test } from 'vitest'
import { parseIceServers } from '#media/protocols/webrtc/ice-servers.ts'

const read = (...urls: readonly string[]) => parseIceServers([{ urls, username: 'a', credential: 'b' }])

test.each([
  ['stun:stun.example.org', { kind: 'stun', host: 'stun.example.org', port: 3478 }],
  ['stun:10.0.0.1:19302', { kind: 'stun', host: '10.0.0.1', port: 19_302 }],
  ['stun:[2001:db8::1]:5', { kind: 'stun', host: '2001:db8::1', port: 5 }],
  ['turn:example.org', { kind: 'turn', transport: 'udp', port: 3478, username: 'a', credential: 'b' }],
  ['turn:example.org:80?transport=tcp', { kind: 'turn', transport: 'tcp', port: 80 }],
  ['turns:example.org', { kind: 'turn', transport: 'tls', port: 5349 }],
  ['turns:example.org:443?transport=tcp', { kind: 'turn', transport: 'tls', port: 443 }],
  ['TURN:example.org?transport=UDP', { kind: 'turn', transport: 'udp' }],
])('%s', (url, server) => {
  expect(read(url)).toMatchObject([{ url, ...server }])
})

test.each([
  ...['', 'http://example.org', 'stun:', 'stuns:example.org', 'turn:example.org?transport=sctp', 'stun:a:0'],
  ...['turns:example.org?transport=udp', 'stun:a:99999', 'turn:user@example.org', 'stun:169.254.169.254'],
  `stun:${'a'.repeat(600)}`,
])('%j is none', url => {
  expect(read(url)).toEqual([])
})

test('only so many are asked, in their order', () => {
  const servers = read(...Array.from({ length: 20 }, (_, index) => `stun:s${index}`))
  expect(servers.map(({ host }) => host)).toEqual(['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7'])
})
