import { expect, test } from 'vitest'
import { raw } from '#media/codecs/raw/raw.ts'
import { codecs } from '#media/codecs/registry.ts'

test('has no form in RTP, and a viewer may begin anywhere', () => {
  expect(codecs.RAW).toBe(raw)
  const codec = { kind: raw.kind, name: 'RAW', clockRate: 48_000, channels: 1, formatParameters: '' }
  expect([raw.depacketizer(codec), raw.packetizer(codec, 1460)]).toEqual([undefined, undefined])
  expect(raw.startsKeyframe(Buffer.alloc(0))).toBe(true)
})
