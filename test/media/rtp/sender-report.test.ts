import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { middleOf, ntpTimeOf } from '#media/rtp/ntp-time.ts'
import { parseRtcp, type ReportBlock } from '#media/rtp/rtcp-packet.ts'
import { formatSenderReport, roundTripOf, rtpTimestampAt, wallTimeAt } from '#media/rtp/sender-report.ts'
import { millis } from '#media/runtime/units.ts'

const noon = 1_700_000_000_000

test.each([
  ['the moment of the report', 1000, noon],
  ['a second later', 91_000, noon + 1000],
  ['before it, beyond the end of the circle', 1000 - 90_000 + 2 ** 32, noon - 1000],
])('a report ties RTP time to wall time: %s', (_name, timestamp, wallTime) => {
  const pair = { ntpTime: ntpTimeOf(millis(noon)), rtpTimestamp: 1000 }
  expect(wallTimeAt(pair, 90_000, timestamp)).toBe(wallTime)
  expect(rtpTimestampAt(pair, 90_000, millis(wallTime))).toBe(timestamp)
})

test('there and back is the same timestamp', () => {
  const u32 = fc.nat(0xffff_ffff)
  fc.assert(
    fc.property(u32, u32, fc.constantFrom(8000, 48_000, 90_000), (rtpTimestamp, timestamp, clockRate) => {
      const pair = { ntpTime: ntpTimeOf(millis(noon)), rtpTimestamp }
      expect(rtpTimestampAt(pair, clockRate, wallTimeAt(pair, clockRate, timestamp))).toBe(timestamp)
    }),
  )
})

test('a sender reports its time, its counters and its name', () => {
  const state = { ssrc: 7, wallTime: millis(noon), rtpTimestamp: 8, packetCount: 9, octetCount: 10 }
  expect(parseRtcp(formatSenderReport({ ...state, canonicalName: 'porch' }))).toEqual([
    {
      type: 'SR',
      ssrc: 7,
      ntpTime: { seconds: 3_908_988_800, fraction: 0 },
      rtpTimestamp: 8,
      packetCount: 9,
      octetCount: 10,
      reports: [],
    },
    { type: 'SDES', sources: [{ ssrc: 7, canonicalName: 'porch' }] },
  ])
})

const block = (sentAt: number, delayMs: number): ReportBlock => ({
  ssrc: 1,
  fractionLost: 0,
  lostCount: 0,
  highestSequence: 0,
  jitter: 0,
  lastSenderReport: sentAt === 0 ? 0 : middleOf(ntpTimeOf(millis(sentAt))),
  delaySinceLastSenderReport: (delayMs * 65_536) / 1000,
})

test.each([
  ['the time that was neither here nor there', block(noon, 500), noon + 750, 250],
  ['never negative', block(noon, 1000), noon + 750, 0],
  ['not known before the first report', block(0, 0), noon, undefined],
])('the way there and back is %s', (_name, report, now, expected) => {
  expect(roundTripOf(report, millis(now))).toEqual(expected)
})
