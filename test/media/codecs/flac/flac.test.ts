import { expect, test } from 'vitest'
import { flac } from '#media/codecs/flac/flac.ts'
import { codecs } from '#media/codecs/registry.ts'

test('has no form in RTP, and a viewer may begin anywhere', () => {
  expect(codecs.FLAC).toBe(flac)
  const codec = { kind: flac.kind, name: 'FLAC', clockRate: 48_000, channels: 1, formatParameters: '' }
  expect([flac.depacketizer(codec), flac.packetizer(codec, 1460)]).toEqual([undefined, undefined])
  expect(flac.startsKeyframe(Buffer.alloc(0))).toBe(true)
})
