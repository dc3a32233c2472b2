import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatTransport, formatUdpTransport, parseTransport } from '#media/protocols/rtsp/transport-header.ts'
import { MalformedError } from '#media/runtime/errors.ts'

test.each([
  ['RTP/AVP/TCP;unicast;interleaved=0-1', [{ profile: 'RTP/AVP/TCP', interleaved: [0, 1] }]],
  ['RTP/AVP/TCP;interleaved=10-11;ssrc=10117CB7', [{ profile: 'RTP/AVP/TCP', interleaved: [10, 11] }]],
  ['rtp/avp/tcp; unicast; Interleaved=2', [{ profile: 'RTP/AVP/TCP', interleaved: [2, 3] }]],
  ['RTP/AVP;unicast;interleaved=0-1', [{ profile: 'RTP/AVP', interleaved: [0, 1] }]],
  ['RTP/AVP;unicast;client_port=5000-5001', [{ profile: 'RTP/AVP', clientPort: [5000, 5001] }]],
  [
    'RTP/AVP/UDP;unicast;source=192.168.1.9;client_port=5000;server_port=6256-6257;ssrc=1',
    [{ profile: 'RTP/AVP/UDP', clientPort: [5000, 5001], serverPort: [6256, 6257], source: '192.168.1.9' }],
  ],
  ['RTP/AVP;source="::1";destination=', [{ profile: 'RTP/AVP', source: '::1' }]],
  [
    'RTP/AVP/UDP;unicast;client_port=1-2,RTP/AVP/TCP;interleaved=4-5',
    [
      { profile: 'RTP/AVP/UDP', clientPort: [1, 2] },
      { profile: 'RTP/AVP/TCP', interleaved: [4, 5] },
    ],
  ],
])('a transport is read: %s', (value, transports) => {
  expect(parseTransport(value)).toEqual(transports)
})

test.each([
  '',
  'RTP',
  'x;interleaved=0-1',
  'RTP/AVP/TCP;interleaved=256-257',
  'RTP/AVP/TCP;interleaved=255',
  'RTP/AVP;client_port=65535',
])('a transport is refused: "%s"', value => {
  expect(() => parseTransport(value)).toThrow(MalformedError)
})

test('a minute is not spent on a long one', () => {
  const blanks = ' '.repeat(60_000)
  for (const parameter of [`a=${blanks}x"y"z`, `interleaved${blanks}=0`, `${'='.repeat(60_000)}`, '"'.repeat(60_000)])
    expect(parseTransport(`RTP/AVP/TCP;${parameter};interleaved=4-5`)[0]).toMatchObject({ profile: 'RTP/AVP/TCP' })
})

test('what is written is read', () => {
  fc.assert(
    fc.property(fc.nat(255), fc.nat(255), (rtp, rtcp) => {
      expect(parseTransport(formatTransport([rtp, rtcp]))[0]?.interleaved).toEqual([rtp, rtcp])
      expect(parseTransport(formatUdpTransport([rtp, rtcp]))[0]?.clientPort).toEqual([rtp, rtcp])
    }),
  )
})

test('any text is read or refused', () => {
  const part = fc.constantFrom('RTP/AVP', '/TCP', ';', ',', 'interleaved=', '-', '0', '999')
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(part).map(parts => parts.join('')),
      ),
      value => {
        try {
          expect(parseTransport(value).length).toBeLessThanOrEqual(8)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedError)
        }
      },
    ),
  )
})
