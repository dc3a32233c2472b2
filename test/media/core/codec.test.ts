import { describe, expect, test } from 'vitest'
import { type Codec, codecServes, formatCodec, formatParameter, printCodecName, sameCodec } from '#media/core/codec.ts'

const codec = (name: string, clockRate: number, channels = 0, formatParameters = ''): Codec => ({
  kind: 'audio',
  name,
  clockRate,
  channels,
  formatParameters,
})
const aac = codec('MPEG4-GENERIC', 16_000, 1)

describe('a wish is served', () => {
  test.each([
    ['by the same codec', codec('MPEG4-GENERIC', 16_000, 1), true],
    ['by any rate when it names none', codec('MPEG4-GENERIC', 0, 1), true],
    ['by any channels when it names none', codec('MPEG4-GENERIC', 16_000), true],
    ['by anything when it is ANY', codec('ANY', 0), true],
    ['by anything when it is ALL', codec('ALL', 0), true],
    ['not by another name', codec('OPUS', 0), false],
    ['not by another rate', codec('MPEG4-GENERIC', 8_000), false],
    ['not by other channels', codec('MPEG4-GENERIC', 16_000, 2), false],
  ])('%s', (_name, wanted, expected) => {
    expect(codecServes(aac, wanted)).toBe(expected)
  })
})

test('parameters are found by their name in any case, and keep the case of their value', () => {
  const one = codec(
    'H264',
    90_000,
    0,
    'packetization-mode=1; Profile-Level-ID=42E01F;sprop-parameter-sets=Z0IA==,aM4=;flag',
  )
  expect(formatParameter(one, 'packetization-mode')).toBe('1')
  expect(formatParameter(one, 'profile-level-id')).toBe('42E01F')
  expect(formatParameter(one, 'sprop-parameter-sets')).toBe('Z0IA==,aM4=')
  expect(formatParameter(one, 'flag')).toBe('')
  expect(formatParameter(one, 'none')).toBeUndefined()
})

test.each([
  [codec('H264', 90_000), 'H264'],
  [aac, 'MPEG4-GENERIC/16000/1'],
  [codec('OPUS', 48_000, 2), 'OPUS/48000/2'],
  [codec('PCMA', 8_000), 'PCMA/8000'],
  [codec('ANY', 0), 'ANY'],
])('%j reads %s', (one, text) => {
  expect(formatCodec(one)).toBe(text)
})

test('people read AAC, SDP says MPEG4-GENERIC', () => {
  expect(['MPEG4-GENERIC', 'L16', 'PCML', 'MPA', 'H264'].map(printCodecName)).toEqual([
    'AAC',
    'S16B',
    'S16L',
    'MP3',
    'H264',
  ])
})

test('a viewer goes on with the same name, clock and channels, whatever the parameters', () => {
  expect(sameCodec(aac, { ...aac, formatParameters: 'config=1408' })).toBe(true)
  expect(sameCodec(aac, { ...aac, channels: 2 })).toBe(false)
})
