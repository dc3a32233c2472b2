// @vitest-environment node
import { expect, test } from 'vitest'
import { streamLinks } from '../../../../apps/admin/src/features/streams/stream-links.ts'

const textOf = (name: string, heading: string, server = {}) =>
  streamLinks(name, {
    hostname: 'nas.local',
    pageUrl: 'https://nas.local/rtc/',
    rtspAddress: '[::]:9554',
    ...server,
  }).find(link => link.heading === heading)?.text

test('RTSP has the page’s host and the port that is bound', () => {
  expect(textOf('porch', 'RTSP')).toBe('rtsp://nas.local:9554/porch')
  expect(textOf('porch', 'RTSP', { rtspAddress: '' })).toBe('rtsp://nas.local:8554/porch')
  expect(textOf('porch', 'RTSP', { hostname: '[fe80::1]' })).toBe('rtsp://[fe80::1]:9554/porch')
})

test('names are encoded for the place they stand in', () => {
  expect(textOf('front door/1', 'RTSP')).toBe('rtsp://nas.local:9554/front%20door/1')
  expect(textOf('front door/1', 'MSE over WebSocket')).toBe('wss://nas.local/rtc/api/ws?src=front%20door%2F1')
  expect(textOf('front door/1', 'Frigate')).toContain('  front_door_1:\n')
  expect(textOf("it's", 'ffplay')).toBe("ffplay -rtsp_transport tcp 'rtsp://nas.local:9554/it'\\''s'")
})

test('Home Assistant is told where this server is', () => {
  expect(textOf('porch', 'Home Assistant')).toBe('# configuration.yaml\ngo2rtc:\n  url: https://nas.local/rtc')
})
