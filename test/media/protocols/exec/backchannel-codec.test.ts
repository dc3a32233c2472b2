import { expect, test } from 'vitest'
import { backchannelCodec } from '#media/protocols/exec/backchannel-codec.ts'

test.each([
  ['', 'PCML', 16_000, 0],
  ['pcma/8000', 'PCMA', 8000, 0],
  ['pcm_alaw', 'PCMA', 0, 0],
  ['g711u/8000/1', 'PCMU', 8000, 1],
  ['s16be/48000/2', 'L16', 48_000, 2],
  ['PCML/44100', 'PCML', 44_100, 0],
  ['aac/16000', 'MPEG4-GENERIC', 16_000, 0],
  ['opus/48000/2', 'OPUS', 48_000, 2],
  ['flac', 'FLAC', 0, 0],
  ['pcmu/x/y', 'PCMU', 0, 0],
])('"%s" is %s at %i Hz', (text, name, clockRate, channels) => {
  expect(backchannelCodec(text)).toEqual({ kind: 'audio', name, clockRate, channels, formatParameters: '' })
})

test.each(['mp5', '/8000', 'constructor/8000'])('"%s" is nothing that can be played', text => {
  expect(() => backchannelCodec(text)).toThrow(`pcm: unsupported audio format: ${text}`)
})
