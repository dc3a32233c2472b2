import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import { isReolink, plainFrames, reolinkFrames, type SpeakerFrames } from '#media/protocols/rtsp/speaker-frames.ts'
import type { SpokenPayload } from '#media/protocols/rtsp/speaker-session.ts'

const codec = (name: string): Codec => ({ kind: 'audio', name, clockRate: 8000, channels: 1, formatParameters: '' })

const cut = (frames: SpeakerFrames, ...spoken: readonly SpokenPayload[]): readonly SpokenPayload[] => {
  const found: SpokenPayload[] = []
  for (const one of spoken) frames.push(one, frame => found.push(frame))
  return found
}

const said = (size: number, timestamp: number, marker = false): SpokenPayload => ({
  payload: Buffer.alloc(size, size & 0xff),
  timestamp,
  marker,
})

test('payloads of a usual size stay as they are', () => {
  const usual = said(160, 5, true)
  expect(cut(plainFrames(codec('PCMU')), usual)).toEqual([usual])
  const long = said(3000, 5, true)
  expect(cut(plainFrames(codec('MPEG4-GENERIC')), long)).toEqual([long])
  expect(cut(reolinkFrames(codec('OPUS')), long)).toEqual([long])
})

test('G.711 in long pieces is cut, and each piece has its own time', () => {
  const frames = cut(plainFrames(codec('PCMA')), said(2500, 0xffff_ff00, true))
  expect(frames.map(({ payload, timestamp, marker }) => [payload.length, timestamp, marker])).toEqual([
    [1024, 0xffff_ff00, true],
    [1024, 0x300, false],
    [452, 0x700, false],
  ])
})

test('Reolink’s doorbell gets equal pieces without a time', () => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3000 }), { maxLength: 20 })
  fc.assert(
    fc.property(pieces, payloads => {
      const frames = cut(
        reolinkFrames(codec('PCMU')),
        ...payloads.map((bytes, index) => ({ payload: Buffer.from(bytes), timestamp: index, marker: false })),
      )
      const whole = Buffer.concat(payloads)
      expect(Buffer.concat(frames.map(({ payload }) => payload))).toEqual(
        whole.subarray(0, whole.length - (whole.length % 1024)),
      )
      for (const { payload, timestamp, marker } of frames)
        expect([payload.length, timestamp, marker]).toEqual([1024, 0, true])
    }),
  )
})

test('Reolink’s cameras are known by what their server calls itself', () => {
  expect(isReolink('v=0\r\na=tool:BC Streaming Media v202210012022.10.01\r\n')).toBe(true)
  expect(isReolink('v=0\r\na=tool:GStreamer\r\n')).toBe(false)
})
