import { expect, test } from 'vitest'
import { codecSpec, codecs, isCodecName, staticCodec } from '#media/codecs/registry.ts'

test('knows codecs by their SDP names, and no other', () => {
  expect(codecSpec('H264')).toBe(codecs.H264)
  expect(codecSpec('h264')).toBeUndefined()
  expect(codecSpec('toString')).toBeUndefined()
  expect(isCodecName('MPEG4-GENERIC')).toBe(true)
})

test.each([
  { kind: 'audio', payloadType: 0, name: 'PCMU', clockRate: 8000, channels: 1 },
  { kind: 'audio', payloadType: 8, name: 'PCMA', clockRate: 8000, channels: 1 },
  { kind: 'audio', payloadType: 9, name: 'G722', clockRate: 8000, channels: 1 },
  { kind: 'audio', payloadType: 10, name: 'L16', clockRate: 44_100, channels: 2 },
  { kind: 'audio', payloadType: 11, name: 'L16', clockRate: 44_100, channels: 1 },
  { kind: 'audio', payloadType: 14, name: 'MPA', clockRate: 90_000, channels: 0 },
  { kind: 'video', payloadType: 26, name: 'JPEG', clockRate: 90_000, channels: 0 },
])('payload type $payloadType is $name without being told', format => {
  expect(staticCodec(format.payloadType)).toEqual({ formatParameters: '', ...format })
})

test('other payload types need to be told', () => {
  expect(staticCodec(96)).toBeUndefined()
})

test('no two codecs share a name that others use', () => {
  const aliases = Object.values(codecs).flatMap(spec => [...spec.aliases])
  expect(new Set(aliases).size).toBe(aliases.length)
  expect(aliases.every(alias => alias === alias.toLowerCase())).toBe(true)
})
