// @vitest-environment node
import { expect, test } from 'vitest'
import { fillHost, typicalAddresses } from '../../../../apps/admin/src/features/probe/typical-addresses.ts'

test.each([
  ['', 'rtsp://HOST/stream1'],
  ['192.168.1.20', 'rtsp://192.168.1.20/stream1'],
  ['rtsp://porch.local:554/other', 'rtsp://porch.local/stream1'],
  ['rtsp://admin:pw@10.0.0.1/x', 'rtsp://10.0.0.1/stream1'],
])('what was typed, %j, keeps its host', (typed, address) => {
  expect(fillHost('rtsp://HOST/stream1', typed)).toBe(address)
})

test('every usual address has one place for the host', () => {
  for (const { address } of typicalAddresses) expect(address.split('HOST')).toHaveLength(2)
})
