import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec, Kind } from '#media/core/codec.ts'
import { MpegTsDemuxer } from '#media/formats/mpegts/demuxer.ts'
import { MpegTsMuxer } from '#media/formats/mpegts/muxer.ts'
import { readProgramAssociation, readProgramMap } from '#media/formats/mpegts/program-tables.ts'
import { SectionReader } from '#media/formats/mpegts/section-reader.ts'
import { goesIntoMpegTs, writtenStream } from '#media/formats/mpegts/written-codecs.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { millis, ticks } from '#media/runtime/units.ts'
import { contents, demux, print } from '#test/helpers/demuxing.ts'
import { decodedHashes, runProgram } from '#test/helpers/ffmpeg.ts'
import { fixturePath, fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'

type Fixture = readonly [name: string, kind: Kind]

const PACKET_BYTES = 188
const START = 90_000

/** Tracks of fixtures as one transport stream, in the order of time, from one second on. */
const mux = (...from: readonly ReturnType<typeof fixtureTrack>[]): Buffer => {
  const muxer = new MpegTsMuxer(from.map(track => track.codec))
  const rate = (track: number): number => 90_000 / from[track]!.codec.clockRate
  return Buffer.concat(
    from
      .flatMap((one, track) =>
        unitsOf(one).map(unit => ({ unit, track, time: unit.decodingTime * rate(track) + START })),
      )
      .sort((one, other) => one.time - other.time)
      .map(({ unit, track, time }) =>
        muxer.write(track, unit, Math.round(time), Math.round(time + unit.compositionOffset * rate(track))),
      ),
  )
}

const packetsOf = (bytes: Buffer): readonly Buffer[] =>
  Array.from({ length: bytes.length / PACKET_BYTES }, (_, index) =>
    bytes.subarray(index * PACKET_BYTES, (index + 1) * PACKET_BYTES),
  )

const pidOf = (packet: Buffer): number => packet.readUInt16BE(1) & 0x1fff

const h264: Codec = { kind: 'video', name: 'H264', clockRate: 90_000, channels: 0, formatParameters: '' }
const opus: Codec = { kind: 'audio', name: 'OPUS', clockRate: 48_000, channels: 2, formatParameters: '' }

const sets = [Buffer.from('6742c00dda05825b011000000300100000030320f142aa', 'hex'), Buffer.from('68ce0fc8', 'hex')]
const picture = (size: number, keyframe: boolean): AccessUnit =>
  new AccessUnit({
    ...{ keyframe, decodingTime: ticks(0), framing: 'nal', arrivedAt: millis(0) },
    parts: [
      Buffer.alloc(size, 0xab)
        .fill(keyframe ? 0x65 : 0x41, 0, 1)
        .fill(0x88, 1, 2),
    ],
    configuration: sets,
  })

describe('the MPEG-TS muxer', () => {
  test.each([
    ['H.264 and AAC', ['h264-b-frames-aac.mp4', 'video'], ['h264-b-frames-aac.mp4', 'audio']],
    ['H.264 in slices and Opus', ['h264-slices.mp4', 'video'], ['opus.mp4', 'audio']],
    ['H.265', ['h265.mp4', 'video']],
    ['MP3', ['mp3.mp4', 'audio']],
    ['AAC alone', ['h264-b-frames-aac.mp4', 'audio']],
  ] as const)('writes %s so that our own demuxer finds the same', (_name, first, second?: Fixture) => {
    const names: readonly Fixture[] = second === undefined ? [first] : [first, second]
    const tracks = names.map(([name, kind]) => fixtureTrack(name, kind))
    const demuxed = demux(into => new MpegTsDemuxer(into), mux(...tracks), 1000)
    expect(demuxed.codecs.map(codec => codec.name)).toEqual(tracks.map(track => track.codec.name))
    for (const [index, track] of tracks.entries()) {
      const found = demuxed.units.filter(unit => unit.track === index)
      expect(contents(demuxed, index)).toEqual(track.samples.map(({ parts }) => parts.map(print).join(' ')))
      expect(found.map(unit => unit.keyframe)).toEqual(track.samples.map(sample => sample.keyframe))
      if (track.codec.kind === 'audio') continue
      expect(found.map(unit => unit.decodingTime)).toEqual(track.samples.map(sample => sample.decodingTime + START))
      expect(found.map(unit => unit.compositionOffset)).toEqual(track.samples.map(one => one.compositionOffset ?? 0))
    }
  })

  test.each([
    ['h264-b-frames-aac.mp4', 'video'],
    ['h264-b-frames-aac.mp4', 'audio'],
    ['h265.mp4', 'video'],
    ['opus.mp4', 'audio'],
    ['mp3.mp4', 'audio'],
  ] as const)('is read by ffmpeg without a word, and decodes to the same: %s, %s', async (name, kind) => {
    const [ours, theirs] = await Promise.all([
      decodedHashes(kind, mux(fixtureTrack(name, kind))),
      decodedHashes(kind, fixturePath(name)),
    ])
    expect(ours.complaints).toEqual([])
    // An MP4 says how much of the beginning of its sound is not to be heard; MPEG-TS cannot.
    if (kind === 'video') expect(ours.hashes).toEqual(theirs.hashes)
    else expect(ours.hashes.length).toBeGreaterThanOrEqual(theirs.hashes.length)
  })

  test('is read by ffprobe without a warning', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-ts-'))
    const file = join(folder, 'film.ts')
    writeFileSync(
      file,
      mux(fixtureTrack('h264-b-frames-aac.mp4', 'video'), fixtureTrack('h264-b-frames-aac.mp4', 'audio')),
    )
    const shown = ['-show_entries', 'stream=codec_name,profile,width,start_pts', '-of', 'csv=p=0', file]
    const { output, complaints } = await runProgram('ffprobe', shown)
    rmSync(folder, { recursive: true })
    expect(complaints).toEqual([])
    expect(output).toContain('h264,High,160')
    expect(output).toContain('aac,LC')
  })

  test('gives units of any size back as they were', () => {
    const unit = fc.record({ size: fc.integer({ min: 3, max: 70_000 }), keyframe: fc.boolean() })
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 6 }), fc.boolean(), (units, reordered) => {
        const muxer = new MpegTsMuxer([h264])
        const all = [{ size: 10, keyframe: true }, ...units].map(one => picture(one.size, one.keyframe))
        const written = all.map((one, index) =>
          muxer.write(0, one, index * 3600, index * 3600 + (reordered && index > 0 ? 3600 : 0)),
        )
        const { units: found } = demux(into => new MpegTsDemuxer(into), Buffer.concat(written))
        expect(found.map(({ parts }) => parts.map(print))).toEqual(all.map(({ parts }) => parts.map(print)))
        expect(found.map(({ keyframe }) => keyframe)).toEqual(all.map(({ keyframe }) => keyframe))
        expect(found.map(({ decodingTime }) => decodingTime)).toEqual(all.map((_, index) => index * 3600))
        expect(found.at(-1)!.compositionOffset).toBe(reordered ? 3600 : 0)
      }),
      { numRuns: 50 },
    )
  })

  test('lets times start over at 33 bits', () => {
    const muxer = new MpegTsMuxer([h264])
    const beginning = 2 ** 33 - 3600
    const written = [0, 1, 2].map(index =>
      muxer.write(0, picture(50, index === 0), beginning + index * 3600, beginning + index * 3600),
    )
    const { units } = demux(into => new MpegTsDemuxer(into), Buffer.concat(written))
    expect(units.map(({ decodingTime }) => decodingTime! - units[0]!.decodingTime!)).toEqual([0, 3600, 7200])
    // The clock reference is 100 ms before the decoding time, and wraps with it.
    const clocks = packetsOf(written[2]!).map(packet => packet.readUInt32BE(6) * 2 + (packet[10]! >> 7))
    expect(clocks[0]).toBe(2 ** 33 + 3600 - 9000)
  })

  test('counts the packets of each stream without a gap', () => {
    const bytes = mux(fixtureTrack('h264-b-frames-aac.mp4', 'video'), fixtureTrack('h264-b-frames-aac.mp4', 'audio'))
    const last = new Map<number, number>()
    for (const packet of packetsOf(bytes)) {
      expect(packet[0]).toBe(0x47)
      const [pid, counter] = [pidOf(packet), packet[3]! & 0x0f]
      if (last.has(pid)) expect(counter).toBe((last.get(pid)! + 1) & 0x0f)
      last.set(pid, counter)
    }
    expect([...last.keys()].sort((one, other) => one - other)).toEqual([0, 0x100, 0x101, 0x1000])
  })

  test('says the tables first, with each keyframe, twice a second and when told to', () => {
    const muxer = new MpegTsMuxer([h264, opus])
    const hasTables = (bytes: Buffer): boolean => pidOf(bytes) === 0
    const write = (keyframe: boolean, time: number) => hasTables(muxer.write(0, picture(20, keyframe), time, time))
    expect([
      write(false, 0),
      write(false, 3600),
      write(true, 7200),
      write(false, 50_000),
      write(false, 52_200),
    ]).toEqual([...[true, false, true, false, true]])
    muxer.begin()
    expect(write(false, 55_800)).toBe(true)
  })

  test('announces each stream in tables whose checksums are right', () => {
    const sections: Buffer[] = []
    const reader = new SectionReader(one => sections.push(Buffer.from(one)))
    for (const packet of packetsOf(new MpegTsMuxer([opus, h264]).write(1, picture(20, true), 0, 0)).slice(0, 2))
      reader.push(packet.subarray(4), true)
    expect(readProgramAssociation(sections[0]!)).toBe(0x1000)
    expect(readProgramMap(sections[1]!)).toEqual([
      { pid: 0x100, streamType: 6, registration: 'Opus', opusChannels: 2 },
      { pid: 0x101, streamType: 27, registration: '', opusChannels: undefined },
    ])
    // PCR_PID: the pictures'.
    expect(sections[1]!.readUInt16BE(8) & 0x1fff).toBe(0x101)
  })

  test('leaves out what cannot be written, and counts on', () => {
    const muxer = new MpegTsMuxer([opus])
    const unit = (size: number): AccessUnit =>
      new AccessUnit({
        ...{ keyframe: true, decodingTime: ticks(0), framing: 'frame', arrivedAt: millis(0), configuration: [] },
        parts: [Buffer.alloc(size)],
      })
    expect(muxer.write(0, unit(70_000), 0, 0)).toHaveLength(0)
    expect(muxer.write(0, unit(100), 0, 0)[3]! & 0x0f).toBe(0)
  })

  test('takes only codecs that MPEG-TS has a standard for', () => {
    expect(['H264', 'H265', 'MPEG4-GENERIC', 'MPA', 'OPUS'].every(goesIntoMpegTs)).toBe(true)
    expect(['PCMU', 'VP8', 'ELD', 'JPEG', 'nonsense', 'toString'].some(goesIntoMpegTs)).toBe(false)
    expect(() => writtenStream({ ...h264, name: 'VP8' })).toThrow(MalformedError)
    expect(() => new MpegTsMuxer([{ ...h264, name: 'constructor' }])).toThrow(MalformedError)
  })

  test('tells the clock each 100 ms where pictures come more rarely, in packets that hold nothing else', () => {
    const muxer = new MpegTsMuxer([h264])
    const rare = [0, 45_000, 63_000].map(time => muxer.write(0, picture(20, time === 0), START + time, START + time))
    const clocks = rare.flatMap(bytes =>
      packetsOf(bytes).flatMap(packet => {
        const told = (packet[3]! & 0x20) !== 0 && packet[4]! > 0 && (packet[5]! & 0x10) !== 0
        return told ? [packet.readUInt32BE(6) * 2 + (packet[10]! >> 7) - START + 9000] : []
      }),
    )
    expect(clocks).toEqual([0, 9000, 18_000, 27_000, 36_000, 45_000, 54_000, 63_000])
    const all = rare.flatMap(packetsOf).filter(packet => pidOf(packet) === 0x100)
    const bare = all.filter(packet => (packet[3]! & 0x30) === 0x20)
    expect(bare).toHaveLength(5)
    // What holds nothing does not count.
    const numbers = all.filter(packet => (packet[3]! & 0x10) !== 0).map(packet => packet[3]! & 0x0f)
    expect(numbers).toEqual(numbers.map((_, index) => index))
  })
})
