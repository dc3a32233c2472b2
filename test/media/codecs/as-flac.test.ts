import { expect, test } from 'vitest'
import { asPackets } from '#media/codecs/adapt.ts'
import { asFlac, flacOf } from '#media/codecs/as-flac.ts'
import { codecs } from '#media/codecs/registry.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import { Track, type UnitTrack } from '#media/core/track.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { convert } from '#test/helpers/ffmpeg.ts'

const codec = (name: string, clockRate: number, channels = 1): Codec => ({
  ...{ kind: 'audio', name, clockRate, channels, formatParameters: '' },
})
const trackOf = (of: Codec): UnitTrack =>
  new Track({ form: 'units', codec: of, budget: { bytesMax: 1e6, bytesUsed: 0 } })

test.each([
  [codec('PCMA', 8000, 0), 'FLAC/8000/1'],
  [codec('PCMU', 16_000), 'FLAC/16000/1'],
  [codec('L16', 44_100, 2), 'FLAC/44100/2'],
  [codec('PCML', 48_000), 'FLAC/48000/1'],
  [codec('OPUS', 48_000, 2), ''],
  [codec('L16', 48_000, 6), ''],
])('of $name comes %s', (of, made) => {
  const flac = flacOf(of)
  expect(flac === undefined ? '' : `${flac.name}/${flac.clockRate}/${flac.channels}`).toBe(made)
  if (flac !== undefined) expect(codecs.FLAC.configuration(flac)[0]).toHaveLength(34)
  else expect(asFlac(trackOf(of))).toBeUndefined()
})

test.each([
  ['PCMU', 'mulaw'],
  ['PCMA', 'alaw'],
  ['L16', 's16be'],
  ['PCML', 's16le'],
])('%s decodes to what ffmpeg hears in it', async (name, format) => {
  const track = trackOf(codec(name, 8000))
  const units: AccessUnit[] = []
  asFlac(asPackets(track)!)!.attach({ id: 1, push: unit => units.push(unit) })
  const bytes = Buffer.from(Array.from({ length: 3200 }, (_, i) => (i * 37 + (i >> 3)) & 0xff))
  const step = name.startsWith('PCM') && name !== 'PCML' ? 160 : 320
  for (let at = 0; at < bytes.length; at += step)
    track.push(frameUnit(bytes.subarray(at, at + step), (at / step) * 160))
  const head = [Buffer.from('fLaC'), Buffer.of(0x80, 0, 0, 34), units[0]!.configuration[0]!]
  const heard = await convert(
    ['-i', 'pipe:0', '-f', 's16le'],
    Buffer.concat([...head, ...units.map(unit => unit.sample)]),
  )
  const told = await convert(['-f', format, '-ar', '8000', '-ac', '1', '-i', 'pipe:0', '-f', 's16le'], bytes)
  expect(heard.equals(told)).toBe(true)
})
