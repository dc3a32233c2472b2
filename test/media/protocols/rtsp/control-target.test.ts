import { describe, expect, test } from 'vitest'
import { baseOf, controlTarget } from '#media/protocols/rtsp/control-target.ts'

describe('where a media is asked for', () => {
  test.each([
    ['rtsp://camera/live', 'trackID=1', 'rtsp://camera/live/trackID=1'],
    ['rtsp://camera/live/', '/trackID=1', 'rtsp://camera/live/trackID=1'],
    ['rtsp://camera/live', 'rtsp://camera:554/live/1?a=b', 'rtsp://camera:554/live/1?a=b'],
    ['rtsp://camera/live', '', 'rtsp://camera/live'],
    ['rtsp://camera/live/', '*', 'rtsp://camera/live/'],
    ['rtsp://camera/live', 'a b\r\nX: y', 'rtsp://camera/live/a%20b%0D%0AX:%20y'],
  ])('follows from %s and %j', (base, control, target) => {
    expect(controlTarget(base, control)).toBe(target)
  })
})

describe('what controls are relative to', () => {
  test.each([
    ['the address itself', [], 'rtsp://camera/live'],
    ['the base of the content', [['Content-Base', 'rtsp://camera/other/']], 'rtsp://camera/other/'],
    ['the place of the content', [['Content-Location', 'rtsp://camera/place']], 'rtsp://camera/place'],
    ['a base without a scheme', [['Content-Base', 'camera:8554/x/']], 'rtsp://camera:8554/x/'],
    ['a base without its credentials', [['Content-Base', 'rtsp://a:b@camera/x/']], 'rtsp://camera/x/'],
    ['no base that is none', [['Content-Base', 'rtsp://:0/']], 'rtsp://camera/live'],
    ['no empty base', [['Content-Base', '']], 'rtsp://camera/live'],
  ] as const)('is %s', (_name, headers, base) => {
    expect(baseOf({ headers }, 'rtsp://camera/live')).toBe(base)
  })
})
