import { expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import { Track, type UnitTrack } from '#media/core/track.ts'
import { flacConversion } from '#media/output/flac-conversion.ts'

const codec = (name: string): Codec => ({ kind: 'audio', name, clockRate: 48_000, channels: 2, formatParameters: '' })

test.each([
  ['PCMA', 'FLAC'],
  ['L16', 'FLAC'],
  ['OPUS', 'OPUS'],
  ['MPEG4-GENERIC', 'MPEG4-GENERIC'],
  ['UNKNOWN', 'UNKNOWN'],
])('%s goes into MP4 as %s', (name, written) => {
  const track: UnitTrack = new Track({ form: 'units', codec: codec(name), budget: { bytesMax: 1e6, bytesUsed: 0 } })
  expect(flacConversion.codec(track.codec).name).toBe(written)
  expect(flacConversion.units(track)?.codec.name).toBe(written)
})
