// @vitest-environment node
import { expect, test } from 'vitest'
import { codecsInWords, supportedCodecs } from '../../../../apps/admin/src/features/player/mse-codecs.ts'

test('the server is told exactly the tokens it knows, video first, for what the browser can play', () => {
  const asked: string[] = []
  const all = supportedCodecs(type => {
    asked.push(type)
    return true
  })
  expect(all).toBe('avc1.640029,hvc1.1.6.L153.B0,mp4a.40.2,flac,opus')
  expect(asked).toContain('video/mp4; codecs="hvc1.1.6.L153.B0"')
  expect(asked).toContain('audio/mp4; codecs="flac"')
})

test('what the browser cannot play is not asked for', () => {
  expect(supportedCodecs(type => !/hvc1|flac/.test(type))).toBe('avc1.640029,mp4a.40.2,opus')
  expect(supportedCodecs(() => false)).toBe('')
})

test.each([
  ['video/mp4; codecs="avc1.640029,mp4a.40.2"', 'H264 High + AAC'],
  ['video/mp4; codecs="avc1.4D401F"', 'H264 Main'],
  ['video/mp4; codecs="avc1.42e01f,opus"', 'H264 Baseline + Opus'],
  ['video/mp4; codecs="hvc1.1.6.L153.B0,flac"', 'H265 + FLAC'],
  ['video/mp4; codecs="avc1.640029,"', 'H264 High'],
  ['video/mp4', ''],
])('%s is %s', (mimeType, words) => {
  expect(codecsInWords(mimeType)).toBe(words)
})
