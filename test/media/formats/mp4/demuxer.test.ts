import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { demuxMp4 } from '#media/formats/mp4/demuxer.ts'
import { MalformedError, MediaError } from '#media/runtime/errors.ts'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'

const file = readFileSync(fixturePath('h264-b-frames-aac.mp4'))

describe('the MP4 demuxer', () => {
  test.each([
    { name: 'h264-b-frames-aac.mp4', stream: 'v:0', track: 0 },
    { name: 'h264-b-frames-aac.mp4', stream: 'a:0', track: 1 },
    { name: 'h264-slices.mp4', stream: 'v:0', track: 0 },
    { name: 'h265.mp4', stream: 'v:0', track: 0 },
    { name: 'opus.mp4', stream: 'a:0', track: 0 },
  ])('reads of $name $stream what ffprobe reads', async ({ name, stream, track }) => {
    const { codec, samples } = demuxMp4(readFileSync(fixturePath(name)))[track]!
    const entries = 'packet=pts_time,dts_time,size,flags'
    const { output } = await runProgram('ffprobe', [
      ...['-select_streams', stream, '-show_entries', entries, '-of', 'csv=p=0', fixturePath(name)],
    ])
    // Side data has lines of its own.
    const lines = output.split('\n').filter(line => /^-?\d/.test(line))
    const probed = lines.map(line => line.split(','))
    const seconds = (time: number): string => (time / codec.clockRate).toFixed(6)
    expect(samples.map(sample => String(sample.sample?.length))).toEqual(probed.map(fields => fields[2]))
    expect(samples.map(sample => sample.keyframe)).toEqual(probed.map(fields => fields[3]?.startsWith('K')))
    const shown = samples.map(sample => seconds(sample.decodingTime + sample.compositionOffset))
    expect(shown).toEqual(probed.map(fields => fields[0]))
    expect(samples.map(sample => seconds(sample.decodingTime))).toEqual(probed.map(fields => fields[1]))
  })

  test('leaves out tracks of codecs it does not know', () => {
    const other = Buffer.from(file)
    other.write('mp4v', other.indexOf('avc1', other.indexOf('stsd')), 'latin1')
    expect(demuxMp4(other).map(track => track.codec.name)).toEqual(['MPEG4-GENERIC'])
  })

  test.each([
    { name: 'nothing', bytes: Buffer.alloc(0) },
    { name: 'a file cut short', bytes: file.subarray(0, file.length - 100) },
    { name: 'a timescale of 0', bytes: patched('mdhd', 16, 0) },
    { name: 'an offset beyond the file', bytes: patched('stco', 12, 0xffffff00) },
  ])('refuses $name', ({ bytes }) => {
    expect(() => demuxMp4(bytes)).toThrow(MalformedError)
  })

  test('any file is read or refused', () => {
    const moovAt = file.indexOf('moov')
    const flips = fc.array(fc.tuple(fc.nat(file.length - moovAt - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(flips, fc.option(fc.nat(file.length)), (all, length) => {
        const bytes = Buffer.from(file.subarray(0, length ?? undefined))
        for (const [at, mask] of all) if (moovAt + at < bytes.length) bytes[moovAt + at]! ^= mask
        try {
          for (const { samples } of demuxMp4(bytes)) expect(samples.length).toBeLessThanOrEqual(200_000)
        } catch (error) {
          expect(error).toBeInstanceOf(MediaError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

/** The file with one field of a box changed. */
function patched(type: string, at: number, value: number): Buffer {
  const bytes = Buffer.from(file)
  bytes.writeUInt32BE(value, bytes.indexOf(type) + at)
  return bytes
}
