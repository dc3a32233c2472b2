import { expect, test } from 'vitest'
import { readSettings } from '#server/config/settings.ts'

const read = (text: string) => {
  const { settings, problems } = readSettings([{ name: 'go2rtc.yaml', text, isFile: true }], {})
  return { webrtc: settings.webrtc, problems: problems.map(({ message }) => message) }
}

test('servers and filters are read as go2rtc reads them', () => {
  const { webrtc, problems } = read(`
webrtc:
  listen: ":18555/tcp"
  candidates: [stun:8555, "10.0.0.1:8555"]
  ice_servers:
    - urls: [stun:stun.example.org]
    - urls: ["turn:turn.example.org?transport=tcp"]
      username: porch
      credential: secret
  filters:
    candidates: []
    loopback: true
    interfaces: [eth0]
    ips: [192.168.1.2]
    networks: [udp4, tcp4]
    udp_ports: [50000, 50100]
`)
  expect(problems).toEqual([])
  expect(webrtc).toEqual({
    listen: ':18555/tcp',
    candidates: ['stun:8555', '10.0.0.1:8555'],
    iceServers: [
      { urls: ['stun:stun.example.org'] },
      { urls: ['turn:turn.example.org?transport=tcp'], username: 'porch', credential: 'secret' },
    ],
    filters: {
      ...{ candidates: [], loopback: true, interfaces: ['eth0'], ips: ['192.168.1.2'] },
      ...{ networks: ['udp4', 'tcp4'], udpPorts: [50_000, 50_100] },
    },
  })
})

test('an empty list of servers asks nobody', () => {
  expect(read('webrtc: {ice_servers: []}').webrtc.iceServers).toEqual([])
  expect(read('webrtc: {ice_servers: }').webrtc.iceServers).toEqual([])
})

test.each([
  ['webrtc: {ice_servers: stun:a}', 'webrtc.ice_servers must be a list of servers'],
  ['webrtc: {ice_servers: [stun:a]}', 'webrtc.ice_servers must be servers with a list of urls each'],
  ['webrtc: {ice_servers: [{urls: stun:a}]}', 'webrtc.ice_servers must be servers with a list of urls each'],
  ['webrtc: {filters: [a]}', 'webrtc.filters must be a map'],
  ['webrtc: {filters: {ip: [a]}}', 'webrtc.filters has no key ip'],
  ['webrtc: {filters: {ips: a}}', 'webrtc.filters ips must be a list of texts'],
  ['webrtc: {filters: {networks: [udp5]}}', 'webrtc.filters networks must be of udp4, udp6, tcp4, tcp6'],
  ['webrtc: {filters: {udp_ports: [1]}}', 'webrtc.filters udp_ports must be two ports, the lower one first'],
  ['webrtc: {filters: {udp_ports: [9, 8]}}', 'webrtc.filters udp_ports must be two ports, the lower one first'],
])('%s is told', (text, message) => {
  expect(read(text).problems).toEqual([message])
})
