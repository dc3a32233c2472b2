// @vitest-environment node
import { expect, test } from 'vitest'
import { parseWebRtcQuery } from '../../../apps/admin/src/embed/webrtc-query.ts'

test.each([
  ['?src=porch', 'src=porch', ['video', 'audio'], []],
  ['?src=front%20door&media=video', 'src=front%20door', ['video'], []],
  ['?src=porch&media=video+audio+microphone', 'src=porch', ['video', 'audio'], ['microphone']],
  ['?src=porch&media=video%2Baudio', 'src=porch', ['video', 'audio'], []],
  ['?src=porch&media=', 'src=porch', ['video', 'audio'], []],
  ['?dst=porch', 'dst=porch', [], ['microphone', 'camera']],
  ['?dst=porch&media=display+speaker+video', 'dst=porch', [], ['display', 'speaker']],
  ['?media=video', '', [], []],
  ['', '', [], []],
])('%s', (search, stream, receive, give) => {
  expect(parseWebRtcQuery(search)).toEqual({ stream, receive, give })
})
