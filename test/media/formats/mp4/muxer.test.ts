import { describe, expect, test } from 'vitest'
import type { AccessUnit } from '#media/core/access-unit.ts'
import { findBox, readBoxes } from '#media/formats/mp4/box-reader.ts'
import { KeyframeMuxer, Mp4Muxer } from '#media/formats/mp4/muxer.ts'
import type { Muxer } from '#media/formats/muxer.ts'
import { decodedHashes } from '#test/helpers/ffmpeg.ts'
import { readFragment } from '#test/helpers/fragments.ts'
import { fixturePath, fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'

const pictures = fixtureTrack('h264-slices.mp4', 'video')
const other = fixtureTrack('h264-b-frames-aac.mp4', 'video')
const track = { id: 1, codec: pictures.codec, configuration: pictures.configuration }

/** What a muxer writes of these units, message by message. */
const written = (muxer: Muxer, units: readonly AccessUnit[]): Buffer[] => {
  const messages: Buffer[] = []
  const write = (head: Buffer, body?: Buffer): void =>
    void messages.push(Buffer.concat([head, body ?? Buffer.alloc(0)]))
  muxer.open([track], write)
  for (const [index, unit] of units.entries())
    muxer.unit(track, unit, { decodeTime: index * 3600, duration: 3600, compositionOffset: 0 }, write)
  return messages
}

describe('a fragmented MP4', () => {
  const make = (reconfigure: 'segment' | 'in-band', told: string[] = []): Mp4Muxer =>
    new Mp4Muxer({ opened: type => told.push(type), reconfigure })

  test('is its type, then one initialization, then a fragment for each unit', async () => {
    const told: string[] = []
    const messages = written(make('in-band', told), unitsOf(pictures))
    expect(told).toEqual(['video/mp4; codecs="avc1.420029"'])
    expect(messages.map(message => readBoxes(message)[0]!.type).slice(0, 3)).toEqual(['ftyp', 'moof', 'moof'])
    const [ours, theirs] = [Buffer.concat(messages), fixturePath('h264-slices.mp4')]
    expect((await decodedHashes('video', ours)).hashes).toEqual((await decodedHashes('video', theirs)).hashes)
  })

  test('has one moov as a file, and other parameter sets in the sample that needs them', async () => {
    const muxer = make('in-band')
    const messages = written(muxer, [...unitsOf(pictures).slice(0, 2), ...unitsOf(other).slice(0, 1)])
    muxer.open([{ ...track, configuration: other.configuration }], message => messages.push(message))
    expect(messages.filter(message => findBox(message, 'moov') !== undefined)).toHaveLength(1)
    const samples = messages.slice(1).map(message => readFragment(message)!.sample)
    const sets = other.configuration.reduce((sum, set) => sum + 4 + set.length, 0)
    expect(samples[2]!.length).toBe(unitsOf(other)[0]!.sample.length + sets)
    const decoded = await decodedHashes('video', Buffer.concat(messages))
    expect(decoded.complaints.filter(line => !/deprecated|changed/i.test(line))).toEqual([])
    expect(decoded.hashes).toHaveLength(3)
  })

  test('is begun anew for a player that is fed by hand', () => {
    const muxer = make('segment')
    const messages = written(muxer, unitsOf(pictures).slice(0, 1))
    muxer.open([track], message => messages.push(message))
    expect(messages.map(message => findBox(message, 'moov') !== undefined)).toEqual([true, false, true])
  })

  test('takes what MP4 holds', () => {
    const takes = ['H264', 'OPUS', 'FLAC', 'PCMA', 'JPEG', 'X'].map(name =>
      make('segment').takes({ ...track.codec, name }),
    )
    expect(takes).toEqual([true, true, true, false, false, false])
  })
})

describe('keyframes alone', () => {
  test('are whole files, one a message, from 0', async () => {
    const told: string[] = []
    const messages = written(new KeyframeMuxer(type => told.push(type)), unitsOf(pictures))
    expect(told).toHaveLength(1)
    expect(messages).toHaveLength(pictures.samples.filter(({ keyframe }) => keyframe).length)
    for (const message of messages) {
      expect(readBoxes(message).map(({ type }) => type)).toEqual(['ftyp', 'moov', 'moof', 'mdat'])
      expect(readFragment(message)).toMatchObject({ decodeTime: 0, keyframe: true })
    }
    expect((await decodedHashes('video', messages.at(-1)!)).hashes).toHaveLength(1)
  })

  test('are pictures, never sound', () => {
    const muxer = new KeyframeMuxer(() => {})
    expect(muxer.takes(pictures.codec)).toBe(true)
    expect(muxer.takes({ ...pictures.codec, kind: 'audio', name: 'OPUS' })).toBe(false)
  })
})
