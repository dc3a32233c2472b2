// @vitest-environment node
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { agreedIn, isUdpCandidate, withoutUdp } from '../../../apps/admin/src/player/session-description.ts'

const section = (...lines: readonly string[]): string => lines.map(line => `${line}\r\n`).join('')
const head = section('v=0', 's=-', 't=0 0')
const video = section('m=video 9 UDP/TLS/RTP/SAVPF 96', 'a=sendonly', 'a=rtpmap:96 H264/90000')
const opus = section('m=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=sendonly', 'a=rtpmap:111 opus/48000/2')
const voice = section('m=audio 9 UDP/TLS/RTP/SAVPF 8', 'a=recvonly', 'a=rtpmap:8 PCMA/8000')
const refused = section('m=audio 0 UDP/TLS/RTP/SAVPF 111', 'a=sendonly', 'a=rtpmap:111 opus/48000/2')
const inactive = section('m=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=inactive', 'a=rtpmap:111 opus/48000/2')

test.each([
  ['pictures and sound', head + video + opus, { video: 'H264', audio: 'opus', voice: false }],
  ['pictures, and a voice back', head + voice + video, { video: 'H264', audio: undefined, voice: true }],
  ['a voice that is refused', head + refused + video + opus, { video: 'H264', audio: 'opus', voice: false }],
  ['sound that is not to be', head + video + inactive, { video: 'H264', audio: undefined, voice: false }],
  ['nothing at all', head, { video: undefined, audio: undefined, voice: false }],
])('%s', (_name, answer, wanted) => {
  expect(agreedIn(answer)).toEqual(wanted)
})

test('whatever the server says is read', () => {
  fc.assert(fc.property(fc.string(), text => void agreedIn(`m=${text}`)))
})

test('takes out what is UDP, and leaves the rest as it is', () => {
  const udp = 'candidate:1 1 udp 2130706431 192.168.1.2 8555 typ host'
  const tcp = 'candidate:2 1 tcp 1671430143 192.168.1.2 8555 typ host tcptype passive'
  expect([isUdpCandidate(udp), isUdpCandidate(`a=${udp}`), isUdpCandidate(tcp)]).toEqual([true, true, false])
  expect(withoutUdp(head + section(`a=${udp}`, `a=${tcp}`))).toBe(head + section(`a=${tcp}`))
})
