import fc from 'fast-check'
import { expect, test } from 'vitest'
import { l16, pcml } from '#media/codecs/pcm/linear.ts'
import type { Codec } from '#media/core/codec.ts'
import { frameUnit, transformed } from '#test/helpers/access-units.ts'
import { groupOf, joined } from '#test/helpers/rtp-packets.ts'

const codec = (name: string, channels: number): Codec => ({
  kind: 'audio',
  name,
  clockRate: 44_100,
  channels,
  formatParameters: '',
})

test('samples of any number go there and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 900 }), fc.constantFrom(0, 1, 2), (blocks, channels) => {
      const of = codec('L16', channels)
      const samples = Buffer.from(Array.from({ length: blocks * 2 * (channels || 1) }, (_, i) => i))
      const packetizer = l16.packetizer(of, 1460)!
      const groups = packetizer.split!(frameUnit(samples, 500)).map(({ decodingTime, sample }) => {
        const payloads = joined(packetizer.packetize(frameUnit(sample)))
        expect(payloads.length).toBe(1)
        expect(payloads[0]!.length).toBeLessThanOrEqual(1460)
        return groupOf(payloads, { time: decodingTime })
      })
      const back = transformed(l16.depacketizer(of)!, groups)
      expect(Buffer.concat(back.map(unit => unit.sample))).toEqual(samples)
      let time = 500
      for (const unit of back) {
        expect(unit.decodingTime).toBe(time)
        time += unit.sizeBytes / (2 * (channels || 1))
      }
    }),
    { numRuns: 50 },
  )
})

test('PCML leaves as L16, with its bytes swapped', () => {
  const of = codec('PCML', 1)
  expect(pcml.announced?.(of)).toEqual(codec('L16', 1))
  expect(joined(pcml.packetizer(of, 1460)!.packetize(frameUnit(Buffer.of(1, 2, 3, 4))))).toEqual([
    Buffer.of(2, 1, 4, 3),
  ])
})

test('PCML that a camera sends stays as it is', () => {
  const units = transformed(pcml.depacketizer(codec('PCML', 1))!, [groupOf([Buffer.of(1, 2, 3, 4)])])
  expect(units.map(unit => unit.sample)).toEqual([Buffer.of(1, 2, 3, 4)])
})

test.each([l16, pcml])('any payload is taken', ({ depacketizer }) => {
  const payload = fc.uint8Array({ maxLength: 9 }).map(bytes => Buffer.from(bytes))
  fc.assert(
    fc.property(fc.array(payload, { minLength: 1, maxLength: 4 }), fc.constantFrom(1, 2), (payloads, channels) => {
      for (const unit of transformed(depacketizer(codec('L16', channels))!, [groupOf(payloads)]))
        expect(unit.sizeBytes % (2 * channels)).toBe(0)
    }),
  )
})
