import { describe, expect, test } from 'vitest'
import { fragmentHeader } from '#media/formats/mp4/fragment.ts'
import { goesIntoMp4, initializationSegment } from '#media/formats/mp4/initialization-segment.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { decodedHashes } from '#test/helpers/ffmpeg.ts'
import { fixturePath, fixtureTrack } from '#test/helpers/media-fixture.ts'

describe('an initialization segment', () => {
  test.each([
    { file: 'h264-b-frames-aac.mp4', kind: 'video' },
    { file: 'h264-b-frames-aac.mp4', kind: 'audio' },
    { file: 'h264-slices.mp4', kind: 'video' },
    { file: 'h265.mp4', kind: 'video' },
    { file: 'opus.mp4', kind: 'audio' },
    { file: 'mp3.mp4', kind: 'audio' },
    { file: 'flac.mp4', kind: 'audio' },
  ] as const)('with the fragments of $file decodes to the same $kind', async ({ file, kind }) => {
    const track = fixtureTrack(file, kind)
    const parts = [initializationSegment([track])]
    const start = track.samples[0]!.decodingTime
    for (const [index, sample] of track.samples.entries()) {
      const { keyframe, compositionOffset, duration } = sample
      const bytes = sample.sample!
      const times = { decodeTime: sample.decodingTime - start, duration, compositionOffset }
      const numbers = { sequenceNumber: index + 1, trackId: 1, sampleBytes: bytes.length }
      parts.push(fragmentHeader({ ...times, ...numbers, keyframe }), bytes)
    }
    const [ours, theirs] = await Promise.all([
      decodedHashes(kind, Buffer.concat(parts)),
      decodedHashes(kind, fixturePath(file)),
    ])
    expect(ours.complaints).toEqual([])
    if (kind === 'video') expect(ours.hashes).toEqual(theirs.hashes)
    // Without an edit list what primes the decoder is heard, too.
    else expect(ours.hashes.slice(-theirs.hashes.length + 3)).toEqual(theirs.hashes.slice(3))
    expect(ours.hashes.length).toBeGreaterThanOrEqual(theirs.hashes.length)
  })

  test('is refused for a codec that does not go into MP4', () => {
    const { codec } = fixtureTrack('opus.mp4', 'audio')
    expect(() => initializationSegment([{ codec: { ...codec, name: 'PCMU' }, configuration: [] }])).toThrow(
      MalformedError,
    )
    expect(['H264', 'PCMU', 'JPEG'].map(goesIntoMp4)).toEqual([true, false, false])
  })
})
