import { expect, test } from 'vitest'
import { aLaw, muLaw } from '#media/codecs/pcm/companding.ts'
import { convert } from '#test/helpers/ffmpeg.ts'

const laws = [
  { name: 'µ-law', format: 'mulaw', law: muLaw() },
  { name: 'A-law', format: 'alaw', law: aLaw() },
] as const
const raw = (format: string): readonly string[] => ['-f', format, '-ar', '8000', '-ac', '1']

test.each(laws)('decodes every code of $name as ffmpeg does', async ({ format, law }) => {
  const codes = Buffer.from(Array.from({ length: 256 }, (_, code) => code))
  const samples = await convert([...raw(format), '-i', 'pipe:0', ...raw('s16le')], codes)
  expect(Array.from(law.samples)).toEqual(Array.from(codes, code => samples.readInt16LE(2 * code)))
})

test.each(laws)('encodes every sample to the code of $name that ffmpeg takes', async ({ format, law }) => {
  const samples = Buffer.alloc(2 * 0x10000)
  for (let i = 0; i < 0x10000; i++) samples.writeInt16LE(i - 0x8000, 2 * i)
  const codes = await convert([...raw('s16le'), '-i', 'pipe:0', ...raw(format)], samples)
  expect(codes.length).toBe(0x10000)
  expect(Buffer.from(Array.from(codes, (_, i) => law.codes[i >> 2]!))).toEqual(codes)
})

test.each(laws)('every code of $name survives being a sample, except negative zero', ({ law }) => {
  for (let code = 0; code < 256; code++) {
    const again = law.codes[(law.samples[code]! + 0x8000) >> 2]!
    expect(law.samples[again]).toBe(law.samples[code])
  }
})
