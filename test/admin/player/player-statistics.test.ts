// @vitest-environment node
import { expect, test } from 'vitest'
import { ratesBetween, readRtcReport, rtcDelayS } from '../../../apps/admin/src/player/player-statistics.ts'

const counters = (atMs: number, bytes: number, frames: number) => ({ atMs, bytes, frames })

test('rates are per second, bitrate in bits', () => {
  expect(ratesBetween(counters(0, 0, 0), counters(2000, 1_000_000, 50))).toEqual({
    framesPerSecond: 25,
    bitsPerSecond: 4_000_000,
  })
})

test('no time, or counters that began anew, give no rate', () => {
  expect(ratesBetween(counters(5, 1, 1), counters(5, 9, 9))).toEqual({ framesPerSecond: 0, bitsPerSecond: 0 })
  expect(ratesBetween(counters(0, 1000, 100), counters(1000, 0, 0))).toEqual({ framesPerSecond: 0, bitsPerSecond: 0 })
})

const inbound = { type: 'inbound-rtp', kind: 'video', bytesReceived: 1000, framesDecoded: 50, packetsLost: 2 }

test('reads what Chromium reports: the pair is named by the transport', () => {
  const counters = readRtcReport([
    { id: 'a', type: 'candidate-pair', remoteCandidateId: 'udp', state: 'succeeded', nominated: true },
    { id: 'b', type: 'candidate-pair', remoteCandidateId: 'tcp', state: 'succeeded', currentRoundTripTime: 0.02 },
    { id: 't', type: 'transport', selectedCandidatePairId: 'b' },
    { id: 'udp', type: 'remote-candidate', protocol: 'udp' },
    { id: 'tcp', type: 'remote-candidate', protocol: 'tcp' },
    { ...inbound, framesDropped: 1, jitter: 0.004, jitterBufferDelay: 2, jitterBufferEmittedCount: 50 },
    { type: 'inbound-rtp', kind: 'audio', bytesReceived: 10, packetsLost: 1 },
  ])
  expect(counters).toEqual({
    ...{ bytes: 1010, frames: 50, dropped: 1, lost: 3, jitterMs: 4, transport: 'TCP' },
    ...{ bufferedS: 2, emitted: 50, roundTripS: 0.02 },
  })
})

test('reads what Firefox reports: the pair says so itself, and much is missing', () => {
  const counters = readRtcReport([
    { id: 'a', type: 'candidate-pair', remoteCandidateId: 'u', state: 'succeeded', nominated: true, selected: true },
    { id: 'u', type: 'remote-candidate', protocol: 'udp' },
    inbound,
  ])
  expect(counters).toMatchObject({ bytes: 1000, transport: 'UDP', jitterMs: undefined, roundTripS: undefined })
  expect(readRtcReport([])).toMatchObject({ bytes: 0, frames: 0, transport: undefined })
})

test('the delay is the wait of the pictures in between and half a round trip', () => {
  const before = readRtcReport([{ ...inbound, jitterBufferDelay: 2, jitterBufferEmittedCount: 50 }])
  const after = readRtcReport([{ ...inbound, jitterBufferDelay: 3, jitterBufferEmittedCount: 75 }])
  expect(rtcDelayS(before, { ...after, roundTripS: 0.02 })).toBeCloseTo(0.05)
  expect(rtcDelayS(after, after)).toBeUndefined()
})
