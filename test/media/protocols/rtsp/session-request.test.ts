import { expect, test } from 'vitest'
import { proposesTcp } from '#media/protocols/rtsp/session-request.ts'

test.each([
  ['RTP/AVP/TCP;unicast;interleaved=0-1', true],
  ['RTP/AVP;unicast;client_port=1-2, rtp/avp/tcp', true],
  ['RTP/AVP;unicast;client_port=1-2', false],
  ['RTP/AVP/TCPX', false],
  ['', false],
])('"%s" proposes packets inside the connection: %s', (transport, expected) => {
  expect(proposesTcp(transport)).toBe(expected)
})
