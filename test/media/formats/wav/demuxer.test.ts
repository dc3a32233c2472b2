import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { DemuxerFactory } from '#media/formats/demuxer.ts'
import { WavDemuxer } from '#media/formats/wav/demuxer.ts'
import { LimitError, MalformedError } from '#media/runtime/errors.ts'
import { demux, expectRobust, times } from '#test/helpers/demuxing.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'

const make: DemuxerFactory = into => new WavDemuxer(into)
const linear = readFileSync(fixturePath('pcm_s16le.wav'))

const chunk = (name: string, content: Buffer, size = content.length): Buffer => {
  const head = Buffer.alloc(8)
  head.write(name, 'latin1')
  head.writeUInt32LE(size, 4)
  return Buffer.concat([head, content])
}
/** Format tag, channels, rate, bits of a sample. */
const described = (tag: number, channels: number, rate: number, bits: number): Buffer => {
  const content = Buffer.alloc(16)
  for (const [at, value] of [
    [0, tag],
    [2, channels],
    [14, bits],
  ] as const)
    content.writeUInt16LE(value, at)
  content.writeUInt32LE(rate, 4)
  return chunk('fmt ', content)
}
const wav = (...chunks: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), ...chunks])

describe('the WAV demuxer', () => {
  test.each([
    { file: 'pcm_s16le.wav', name: 'PCML', unitBytes: 640 },
    { file: 'pcm_alaw.wav', name: 'PCMA', unitBytes: 320 },
    { file: 'pcm_mulaw.wav', name: 'PCMU', unitBytes: 320 },
  ])('gives $file in units of 40 ms, in pieces of any size', ({ file, name, unitBytes }) => {
    const bytes = readFileSync(fixturePath(file))
    const soundBytes = unitBytes * 12.5
    for (const pieceBytes of [1, 500, bytes.length]) {
      const demuxed = demux(make, bytes, pieceBytes)
      expect(demuxed.formatName).toBe('wav')
      expect(demuxed.codecs).toEqual([{ kind: 'audio', name, clockRate: 8000, channels: 1, formatParameters: '' }])
      const parts = demuxed.units.map(unit => unit.parts[0]!)
      const start = bytes.indexOf('data') + 8
      expect(Buffer.concat(parts)).toEqual(bytes.subarray(start, start + soundBytes))
      expect(parts.map(part => part.length)).toEqual([...Array.from({ length: 12 }, () => unitBytes), unitBytes / 2])
      expect(times(demuxed)).toEqual(parts.map((_, index) => index * 320))
    }
  })

  test('knows the extensible description, and passes over what is nothing to it', () => {
    const extensible = Buffer.alloc(40)
    described(0xfffe, 2, 48_000, 16).copy(extensible, 0, 8)
    extensible.writeUInt16LE(1, 24)
    const bytes = wav(
      chunk('LIST', Buffer.alloc(3)),
      Buffer.alloc(1),
      chunk('fmt ', extensible),
      chunk('data', Buffer.alloc(7680)),
    )
    const { codecs, units } = demux(make, bytes, 5)
    expect(codecs[0]).toMatchObject({ name: 'PCML', clockRate: 48_000, channels: 2 })
    expect(units.map(unit => unit.parts[0]!.length)).toEqual([7680])
  })

  test.each([
    { name: 'does not end where a pipe could not know the size', size: 0xffffffff, units: 2 },
    { name: 'does not end where the size was never written', size: 0, units: 2 },
    { name: 'ends with its data', size: 320, units: 1 },
  ])('$name', ({ size, units }) => {
    const bytes = wav(described(6, 1, 8000, 8), chunk('data', Buffer.alloc(640), size))
    expect(demux(make, bytes).units).toHaveLength(units)
  })

  test.each([
    { name: 'no WAVE', bytes: Buffer.from('RIFF\0\0\0\0AVI ') },
    { name: 'no description', bytes: wav(chunk('data', Buffer.alloc(10))) },
    { name: 'a description cut short', bytes: wav(chunk('fmt ', Buffer.alloc(10))) },
    { name: 'samples of 24 bits', bytes: wav(described(1, 1, 8000, 24)) },
    { name: 'no channels', bytes: wav(described(1, 0, 8000, 16)) },
    { name: 'a rate of 0', bytes: wav(described(6, 1, 0, 8)) },
  ])('is refused with $name', ({ bytes }) => {
    expect(() => demux(make, bytes)).toThrow(MalformedError)
  })

  test('is refused with more than 1 MiB before the sound', () => {
    expect(() => demux(make, wav(chunk('LIST', Buffer.alloc(0), 0x7fffffff)))).toThrow(LimitError)
  })

  test('any bytes are read or refused', () => expectRobust(make, linear))
})
