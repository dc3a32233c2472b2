import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseStreamTarget, trackIndexOf } from '#media/protocols/rtsp/request-target.ts'

test.each([
  ['rtsp://host:8554/porch', ['porch'], ''],
  ['rtsp://host/porch?video&audio=aac', ['porch'], 'video&audio=aac'],
  ['rtsp://user:pw@host/garden/gate/', ['garden/gate'], ''],
  ['rtsp://host/test_cam%231', ['test_cam%231', 'test_cam#1'], ''],
  ['rtsp://host/K%C3%BCche', ['K%C3%BCche', 'Küche'], ''],
  ['rtsp://host/100%', ['100%'], ''],
  ['rtsp://host?video', [''], 'video'],
  ['/porch', ['porch'], ''],
  ['*', ['*'], ''],
])('a stream is named: %s', (target, names, query) => {
  expect(parseStreamTarget(target)).toEqual({ names, query })
})

test.each([
  ['rtsp://host/porch/trackID=0', 0],
  ['rtsp://host/porch/trackID=1/', 1],
  ['rtsp://host/porch?video=h264/trackID=2', 2],
  ['rtsp://host/trackID=3', 3],
  ['rtsp://host/porch', 0],
  ['rtsp://host/porch?a=12345', 0],
])('a track is named: %s', (target, index) => {
  expect(trackIndexOf(target)).toBe(index)
})

test('any target names something', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), target => {
      expect(parseStreamTarget(target).names.length).toBeGreaterThan(0)
      expect(trackIndexOf(target)).toBeGreaterThanOrEqual(0)
    }),
  )
})
