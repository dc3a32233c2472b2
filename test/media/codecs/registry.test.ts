import { expect, test } from 'vitest'
import { codecSpec, codecs, isCodecName, staticCodec } from '#media/codecs/registry.ts'

test('knows codecs by their SDP names, and no other', () => {
  expect(codecSpec('H264')).toBe(codecs.H264)
  expect(codecSpec('h264')).toBeUndefined()
  expect(codecSpec('toString')).toBeUndefined()
  expect(isCodecName('MPEG4-GENERIC')).toBe(true)
})

test.each([
  { payloadType: 0, name: 'PCMU' },
  { payloadType: 8, name: 'PCMA' },
])('payload type $payloadType is $name without being told', ({ payloadType, name }) => {
  const codec = { kind: 'audio', name, clockRate: 8000, channels: 1, formatParameters: '', payloadType }
  expect(staticCodec(payloadType)).toEqual(codec)
})

test('other payload types need to be told', () => {
  expect(staticCodec(96)).toBeUndefined()
})

test('no two codecs share a name that others use', () => {
  const aliases = Object.values(codecs).flatMap(spec => [...spec.aliases])
  expect(new Set(aliases).size).toBe(aliases.length)
  expect(aliases.every(alias => alias === alias.toLowerCase())).toBe(true)
})
