import { expect, test } from 'vitest'
import { pcmFormatOf } from '#media/codecs/pcm/pcm-format.ts'
import type { Codec } from '#media/core/codec.ts'

const codec = (name: string, clockRate: number, channels: number): Codec => ({
  kind: 'audio',
  name,
  clockRate,
  channels,
  formatParameters: '',
})

test.each([
  { of: codec('PCMU', 8000, 0), format: { name: 'PCMU', rate: 8000, channels: 1, blockBytes: 1 } },
  { of: codec('PCMA', 16_000, 2), format: { name: 'PCMA', rate: 16_000, channels: 2, blockBytes: 2 } },
  { of: codec('L16', 4000, 1), format: { name: 'L16', rate: 4000, channels: 1, blockBytes: 2 } },
  { of: codec('PCML', 192_000, 2), format: { name: 'PCML', rate: 192_000, channels: 2, blockBytes: 4 } },
  { of: codec('L16', 3999, 1), format: undefined },
  { of: codec('L16', 192_001, 1), format: undefined },
  { of: codec('L16', 0, 1), format: undefined },
  { of: codec('L16', Number.NaN, 1), format: undefined },
  { of: codec('L16', 8000, 3), format: undefined },
  { of: codec('OPUS', 48_000, 2), format: undefined },
  { of: codec('toString', 8000, 1), format: undefined },
])('$of.name at $of.clockRate Hz with $of.channels channels', ({ of, format }) => {
  expect(pcmFormatOf(of)).toEqual(format)
})
