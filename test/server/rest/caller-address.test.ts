import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { callerAddress } from '#server/rest/caller-address.ts'

const visit = (remotePort: number | undefined, forwarded?: string): string =>
  callerAddress({
    socket: { remotePort } as Socket,
    caller: { address: remotePort === undefined ? '' : '10.0.0.7', ring: 'lan' },
    request: { headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } },
  })

test.each([
  [visit(5000), '10.0.0.7:5000'],
  [visit(undefined), ''],
  [visit(5000, '192.0.2.1'), '10.0.0.7:5000 forwarded 192.0.2.1'],
  [visit(5000, 'x'.repeat(500)), `10.0.0.7:5000 forwarded ${'x'.repeat(100)}`],
])('%s is told as %s', (told, expected) => {
  expect(told).toBe(expected)
})
