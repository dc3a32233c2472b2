import { expect, test } from 'vitest'
import { connectionInfo } from '#media/core/connection-info.ts'

test('a connection has a number of its own and begins with nothing counted', () => {
  const [first, second] = [
    connectionInfo({ formatName: 'rtsp', protocol: 'rtsp+tcp' }),
    connectionInfo({ formatName: 'demo' }),
  ]
  expect(first.id).not.toBe(second.id)
  expect(first).toMatchObject({ formatName: 'rtsp', protocol: 'rtsp+tcp', remoteAddress: '', bytesReceived: 0 })
})
