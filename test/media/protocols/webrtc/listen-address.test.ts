import { expect, test } from 'vitest'
import { ListenAddressError, parseListenAddress } from '#media/protocols/webrtc/listen-address.ts'

const both = { protocols: ['udp', 'tcp'], isUdpElsewhere: false }

test.each([
  [':8555', { host: '', port: 8555, ...both }],
  ['0.0.0.0:8555', { host: '0.0.0.0', port: 8555, ...both }],
  ['cam.example.org:8555', { host: 'cam.example.org', port: 8555, ...both }],
  ['[::1]:8555', { host: '::1', port: 8555, ...both }],
  [':8555/udp', { host: '', port: 8555, protocols: ['udp'], isUdpElsewhere: false }],
  [':18555/tcp', { host: '', port: 18_555, protocols: ['tcp'], isUdpElsewhere: true }],
  ['', { host: '', port: 0, protocols: ['udp'], isUdpElsewhere: true }],
])('%j', (listen, read) => {
  expect(parseListenAddress(listen)).toEqual(read)
})

test.each(['8555', 'host', ':99999', ':8555/sctp', '::1:8555', '[10.0.0.1]:8555', '[::1]'])('%j is none', listen => {
  expect(() => parseListenAddress(listen)).toThrow(ListenAddressError)
})
