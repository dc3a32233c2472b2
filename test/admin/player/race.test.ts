// @vitest-environment node
import { expect, test } from 'vitest'
import { judge, mseWeight, type RtcOffer, rtcWeight } from '../../../apps/admin/src/player/race.ts'

const rtc = (video?: string, audio?: string): RtcOffer => ({ video, audio, voice: false })
const avc = 'video/mp4; codecs="avc1.640029'
const hvc = 'video/mp4; codecs="hvc1.1.6.L153.B0'

test.each([
  ['H264 and Opus on both', rtc('H264', 'OPUS'), `${avc},opus"`, 'webrtc'],
  ['H264 and G.711, as FLAC in MSE', rtc('H264', 'PCMA'), `${avc},flac"`, 'webrtc'],
  ['H264 alone', rtc('H264'), `${avc}"`, 'webrtc'],
  ['H264 and AAC, which WebRTC does not carry', rtc('H264'), `${avc},mp4a.40.2"`, 'mse'],
  ['H265 in MSE only', rtc('H264', 'OPUS'), `${hvc}"`, 'webrtc'],
  ['H265 in MSE, H264 without sound by WebRTC', rtc('H264'), `${hvc}"`, 'mse'],
  ['H265 on both', rtc('H265'), `${hvc}"`, 'webrtc'],
  ['H265 on both, AAC in MSE', rtc('H265'), `${hvc},mp4a.40.2"`, 'mse'],
  ['sound alone by WebRTC', rtc(undefined, 'OPUS'), `${avc}"`, 'mse'],
  ['MSE that failed', rtc('H264'), '', 'webrtc'],
  ['VP8, which MSE does not carry', rtc('VP8', 'OPUS'), '', 'webrtc'],
] as const)('%s', (_name, offer, mseCodecs, winner) => {
  const verdict = judge(offer, mseCodecs)
  expect(verdict.winner).toBe(winner)
  expect(verdict.reason).toMatch(/^[^.]+$/)
})

test('weighs as go2rtc’s player does', () => {
  expect([rtcWeight(rtc('H265')), rtcWeight(rtc('h264')), rtcWeight(rtc('H264', 'PCMU'))]).toEqual([
    0x240, 0x220, 0x322,
  ])
  expect([mseWeight(`${hvc}"`), mseWeight(`${avc},mp4a.40.2"`), mseWeight('')]).toEqual([0x230, 0x311, 0])
})

test('whoever wants to talk gets WebRTC, whatever else is better', () => {
  const { winner, reason } = judge({ video: 'H264', audio: undefined, voice: true }, `${hvc},mp4a.40.2"`)
  expect([winner, reason]).toEqual(['webrtc', 'only WebRTC carries a voice to the camera'])
})

test('says what would be missing', () => {
  expect(judge(rtc('H264'), `${avc},mp4a.40.2"`).reason).toContain('AAC does not go into WebRTC')
})
