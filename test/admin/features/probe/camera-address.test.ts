// @vitest-environment node
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addressProblem,
  suggestName,
  withCredentials,
} from '../../../../apps/admin/src/features/probe/camera-address.ts'

describe('withCredentials', () => {
  test.each([
    ['rtsp://10.0.0.1/live', 'admin', 'pw', 'rtsp://admin:pw@10.0.0.1/live'],
    ['rtsp://10.0.0.1/live', 'admin', 'p@ss:/?#%', 'rtsp://admin:p%40ss%3A%2F%3F%23%25@10.0.0.1/live'],
    ['rtsp://old:word@10.0.0.1/live', 'admin', 'new', 'rtsp://admin:new@10.0.0.1/live'],
    ['rtsp://old:w@rd@10.0.0.1/live', 'a', 'b', 'rtsp://a:b@10.0.0.1/live'],
    ['rtsp://10.0.0.1/a@b', 'u', 'p', 'rtsp://u:p@10.0.0.1/a@b'],
    ['ffmpeg:rtsp://10.0.0.1/live#video=h264', 'u', 'p', 'ffmpeg:rtsp://u:p@10.0.0.1/live#video=h264'],
    ['rtsp://[fe80::1]:554/live', 'u', '', 'rtsp://u:@[fe80::1]:554/live'],
    ['rtsp://keep:this@10.0.0.1/live', '', '', 'rtsp://keep:this@10.0.0.1/live'],
    ['  rtsp://10.0.0.1/live ', '', '', 'rtsp://10.0.0.1/live'],
    ['demo:', 'u', 'p', 'demo:'],
  ])('%s with %s and %s is %s', (address, user, password, source) => {
    expect(withCredentials(address, user, password)).toBe(source)
  })

  test('any user and password can be read back by any parser of URLs', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' })
    fc.assert(
      fc.property(text, text, (user, password) => {
        const url = new URL(withCredentials('http://camera.local:8554/live', user, password))
        expect([decodeURIComponent(url.username), decodeURIComponent(url.password)]).toEqual([user, password])
        expect(url.host).toBe('camera.local:8554')
      }),
    )
  })
})

describe('suggestName', () => {
  test.each([
    ['rtsp://192.168.1.20/stream1', 'camera-20'],
    ['rtsp://admin:pw@192.168.1.20:554/stream1', 'camera-20'],
    ['rtsp://front-door.local/live', 'front-door'],
    ['rtsp://Porch/live', 'porch'],
    ['rtsp://[fe80::1]/garden', 'garden'],
    ['rtsp://localhost:8554/Front%20yard', 'front-20yard'],
    ['ffmpeg:rtsp://10.0.0.7/live', 'camera-7'],
    ['demo:', 'demo'],
    ['rtsp://', 'camera'],
    ['', 'camera'],
  ])('of %s is %s', (address, name) => {
    expect(suggestName(address, () => false)).toBe(name)
  })

  test('is one that is free', () => {
    const taken = new Set(['porch', 'porch-2'])
    expect(suggestName('rtsp://porch/live', name => taken.has(name))).toBe('porch-3')
  })

  test('always is something that can be a name', () => {
    fc.assert(fc.property(fc.string(), address => suggestName(address, () => false) !== ''))
  })
})

describe('addressProblem', () => {
  const schemes = ['rtsp', 'demo']

  test.each(['', 'rtsp://10.0.0.1/live', 'RTSP://10.0.0.1', 'demo:'])('nothing is wrong with %j', address => {
    expect(addressProblem(address, schemes)).toBeUndefined()
  })

  test.each([
    ['192.168.1.20', 'Begin with how to reach it, such as rtsp://192.168.1.20'],
    ['camera:554/live', 'Begin with how to reach it, such as rtsp://camera:554/live'],
    ['http://10.0.0.1', 'This server does not know “http:”. It knows rtsp:, demo:'],
    ['rtsp://10.0.0.1/a b', 'An address has no spaces. Write %20 where one belongs.'],
  ])('of %s it says: %s', (address, problem) => {
    expect(addressProblem(address, schemes)).toBe(problem)
  })

  test('a server that did not tell what it knows is not spoken for', () => {
    expect(addressProblem('gopher://10.0.0.1', [])).toBeUndefined()
  })
})
