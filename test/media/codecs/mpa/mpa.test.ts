import { expect, test } from 'vitest'
import { mpa } from '#media/codecs/mpa/mpa.ts'
import { staticCodec } from '#media/codecs/registry.ts'

test('RTP has one clock for all sampling rates', () => {
  const file = { kind: 'audio', name: 'MPA', clockRate: 44_100, channels: 2, formatParameters: '' } as const
  expect(mpa.announced?.(file)).toEqual({ ...file, clockRate: 90_000, channels: 0 })
  const camera = staticCodec(14)!
  expect(mpa.announced?.(camera)).toBe(camera)
})
