// @vitest-environment node
import { expect, test } from 'vitest'
import { codecsInWords, supportedCodecs } from '../../../apps/admin/src/player/codecs.ts'

const all = 'avc1.640029,avc1.64002A,avc1.640033,hvc1.1.6.L153.B0,mp4a.40.2,mp4a.40.5,flac,opus'

test('the browser is asked for each codec alone, and the server told what it plays', () => {
  const asked: string[] = []
  const played = supportedCodecs(type => {
    asked.push(type)
    return true
  })
  expect(played).toBe(all)
  expect(asked).toEqual(all.split(',').map(codec => `video/mp4; codecs="${codec}"`))
})

test('what the browser cannot play, or nobody wants to see or hear, is not asked for', () => {
  expect(supportedCodecs(type => !/hvc1|flac|0028|002A|0033|40\.5/.test(type))).toBe('avc1.640029,mp4a.40.2,opus')
  expect(supportedCodecs(() => 'probably', 'audio')).toBe('mp4a.40.2,mp4a.40.5,flac,opus')
  expect(supportedCodecs(() => 'maybe', 'video,microphone', ['avc1.640029', 'opus'])).toBe('avc1.640029')
  expect(supportedCodecs(() => '')).toBe('')
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
