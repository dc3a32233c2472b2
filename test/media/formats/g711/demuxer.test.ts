import { expect, test } from 'vitest'
import type { DemuxerFactory } from '#media/formats/demuxer.ts'
import { G711Demuxer } from '#media/formats/g711/demuxer.ts'
import { demux, expectRobust, times } from '#test/helpers/demuxing.ts'

const make: DemuxerFactory = into => new G711Demuxer(into)

test('sound without a container comes in units of 40 ms, in pieces of any size', () => {
  const bytes = Buffer.from(Array.from({ length: 700 }, (_, index) => index & 0xff))
  for (const pieceBytes of [1, 300, 700]) {
    const demuxed = demux(make, bytes, pieceBytes)
    expect(demuxed.formatName).toBe('pcm')
    expect(demuxed.codecs).toEqual([
      { kind: 'audio', name: 'PCMU', clockRate: 8000, channels: 1, formatParameters: '' },
    ])
    expect(Buffer.concat(demuxed.units.map(unit => unit.parts[0]!))).toEqual(bytes)
    expect(times(demuxed)).toEqual([0, 320, 640])
  }
})

test('any bytes are sound', () => expectRobust(make, Buffer.alloc(1000, 0xff), 50))
