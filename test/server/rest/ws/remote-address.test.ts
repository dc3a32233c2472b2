import { expect, test } from 'vitest'
import { remoteAddress } from '#server/rest/ws/remote-address.ts'

type Opened = Parameters<typeof remoteAddress>[0]

const opened = (remotePort: number | undefined, forwarded?: string): Opened =>
  ({
    socket: { remotePort },
    caller: { address: '192.168.1.7' },
    request: { headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } },
  }) as unknown as Opened

test.each([
  ['a socket', opened(5000), '192.168.1.7:5000'],
  ['a proxy', opened(5000, '10.0.0.1'), '192.168.1.7:5000 forwarded 10.0.0.1'],
  ['a unix socket', opened(undefined), ''],
])('%s is told as go2rtc tells it', (_name, one, text) => {
  expect(remoteAddress(one)).toBe(text)
})

test('what a proxy says is cut', () => {
  expect(remoteAddress(opened(1, 'x'.repeat(5000)))).toHaveLength('192.168.1.7:1 forwarded '.length + 100)
})
