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
  expect(parseStreamTarget(target)).toMatchObject({ names, query })
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

test('the query says how', () => {
  const query = 'backchannel=1&pkt_size=1200&source=ffmpeg%3Acam%23audio%3Dopus&log_level=debug&timeout=30'
  expect(parseStreamTarget(`rtsp://h/a?${query}`)).toMatchObject({
    ...{ backchannel: true, packetBytes: 1200, source: 'ffmpeg:cam#audio=opus', logLevel: 'debug', timeoutSeconds: 30 },
  })
  expect(parseStreamTarget('rtsp://h/a?backchannel=0&pkt_size=-1&source=&timeout=1e3')).toMatchObject({
    ...{ backchannel: false, packetBytes: 0, source: undefined, logLevel: '', timeoutSeconds: 0 },
  })
})
