import { expect, test } from 'vitest'
import { IceSession } from '#media/protocols/webrtc/ice-session.ts'
import { WebRtcPort } from '#media/protocols/webrtc/webrtc-port.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { LimitError } from '#media/runtime/errors.ts'

const open = (listen: string, candidates: readonly string[] = []): Promise<WebRtcPort> =>
  WebRtcPort.open({ listen, candidates, clock: systemClock })

test('its ways are told for UDP and TCP, its own before the configured ones, names as they are', async () => {
  using port = await open('127.0.0.1:0', ['203.0.113.5:8555', 'cam.example.org:9000', 'nonsense'])
  const number = port.address.split(':')[1]
  expect(port.candidates).toEqual([
    `10 1 udp 2130706431 127.0.0.1 ${number} typ host`,
    `11 1 tcp 1671430143 127.0.0.1 ${number} typ host tcptype passive`,
    '20 1 udp 2130706430 203.0.113.5 8555 typ host',
    '21 1 tcp 1671430142 203.0.113.5 8555 typ host tcptype passive',
    '30 1 udp 2130706429 cam.example.org 9000 typ host',
    '31 1 tcp 1671430141 cam.example.org 9000 typ host tcptype passive',
  ])
})

test.each(['udp', 'tcp'])('on %s alone nothing else is told', async protocol => {
  using port = await open(`127.0.0.1:0/${protocol}`)
  expect(port.candidates.map(line => line.split(' ')[2])).toEqual([protocol])
})

test('bound to everything, it is found by the addresses of this machine', async () => {
  using port = await open(':0')
  expect(port.candidates.length).toBeGreaterThan(0)
  expect(port.candidates.join('\n')).not.toContain('0.0.0.0')
})

test.each(['', '8555', 'host', ':99999999', ':8555/sctp'])('%j is no address to listen at', async listen => {
  await expect(open(listen)).rejects.toThrow('webrtc.listen')
})

test('only so many browsers are on their way at once, and those that arrive or give up make room', async () => {
  using port = await open('127.0.0.1:0')
  const coming = Array.from({ length: 200 }, () => port.add(new IceSession(systemClock, 'peer', 'password')))
  const one = (): Disposable => port.add(new IceSession(systemClock, 'peer', 'password'))
  expect(one).toThrow(LimitError)
  coming[0]![Symbol.dispose]()
  coming[0]![Symbol.dispose]()
  one()
  expect(one).toThrow(LimitError)
})
