import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AccessUnit } from '#media/core/access-unit.ts'
import { FlvMuxer } from '#media/formats/flv/muxer.ts'
import { type FlvTag, FlvTagReader, tagType } from '#media/formats/flv/tag.ts'
import type { MuxedTrack, Placed } from '#media/formats/muxer.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'

const pictures = fixtureTrack('h264-b-frames-aac.mp4', 'video')
const sound = fixtureTrack('h264-b-frames-aac.mp4', 'audio')
const video: MuxedTrack = { id: 1, codec: pictures.codec, configuration: pictures.configuration }
const audio: MuxedTrack = { id: 2, codec: sound.codec, configuration: sound.configuration }

const muxing = () => {
  const written: Buffer[] = []
  const told: number[] = []
  const muxer = new FlvMuxer(() => told.push(written.length))
  const write = (head: Buffer, body?: Buffer): void => void written.push(Buffer.concat([head, body ?? Buffer.alloc(0)]))
  return {
    ...{ muxer, written, told, write },
    open: (...tracks: readonly MuxedTrack[]) => muxer.open(tracks, write),
    unit: (track: MuxedTrack, unit: AccessUnit, at: Partial<Placed>) =>
      muxer.unit(track, unit, { decodeTime: 0, duration: 1, compositionOffset: 0, ...at }, write),
    /** Those of media. */
    tags: (): readonly FlvTag[] => tagsIn(written).filter(({ type }) => type !== tagType.script),
  }
}

const tagsIn = (written: readonly Buffer[]): readonly FlvTag[] => {
  const tags: FlvTag[] = []
  new FlvTagReader(tag => tags.push(tag)).push(Buffer.concat(written))
  return tags
}

describe('FLV', () => {
  test('says first what there is: the size of the picture, and the codecs', () => {
    const { open, written } = muxing()
    open(video, audio)
    const [{ type, data }] = tagsIn(written) as [FlvTag]
    const numberAfter = (name: string): number => data.readDoubleBE(data.indexOf(name) + name.length + 1)
    expect(type).toBe(tagType.script)
    expect(data.toString('latin1', 3, 13)).toBe('onMetaData')
    expect([numberAfter('width'), numberAfter('height')]).toEqual([160, 120])
    expect([numberAfter('videocodecid'), numberAfter('audiocodecid')]).toEqual([7, 10])
    expect(numberAfter('audiosamplerate')).toBe(sound.codec.clockRate)
  })

  test('says nothing of a size that cannot be read', () => {
    const { open, written, tags } = muxing()
    const broken = Buffer.from('6742c00dff', 'hex')
    open({ ...video, configuration: [broken, Buffer.from('68ce0fc8', 'hex')] })
    expect(tagsIn(written)[0]!.data.includes('width')).toBe(false)
    expect(tags()).toHaveLength(1)
  })

  test.each([
    { name: 'both', tracks: [video, audio], flags: 5, configurations: ['170000000001', 'af00'] },
    { name: 'pictures', tracks: [video], flags: 1, configurations: ['170000000001'] },
    { name: 'sound', tracks: [audio], flags: 4, configurations: ['af00'] },
  ])('of $name begins with its header and their configurations', ({ tracks, flags, configurations }) => {
    const { open, written, tags, told } = muxing()
    open(...tracks)
    expect(written[0]!.toString('hex')).toBe(`464c56010${flags}00000009`)
    expect(told).toEqual([0])
    for (const [index, tag] of tags().entries()) expect(tag.data.toString('hex')).toMatch(`${configurations[index]}`)
    expect(tags()).toHaveLength(tracks.length)
  })

  test('tells a changed configuration in a tag, and no header', () => {
    const { open, unit, tags, told } = muxing()
    open(video)
    unit(video, unitsOf(pictures)[0]!, { decodeTime: 90_000 })
    open(video)
    expect(tags().map(({ timestamp }) => timestamp)).toEqual([0, 1000, 1000])
    expect(told).toEqual([0])
  })

  test.each([
    { decodeTime: 3600, compositionOffset: 7200, ms: 40, composition: 80 },
    { decodeTime: 3600, compositionOffset: -3600, ms: 40, composition: -40 },
    { decodeTime: 2 ** 24 * 90, compositionOffset: 0, ms: 2 ** 24, composition: 0 },
    { decodeTime: 2 ** 32 * 90 + 90, compositionOffset: 0, ms: 1, composition: 0 },
    { decodeTime: 0, compositionOffset: 2 ** 40, ms: 0, composition: 0x7fffff },
  ])('a picture at $decodeTime ticks is at $ms ms, and shown $composition ms later', place => {
    const { open, unit, tags } = muxing()
    open(video)
    unit(video, unitsOf(pictures)[1]!, place)
    const tag = tags().at(-1)!
    expect([tag.type, tag.timestamp, tag.data[0], tag.data[1], tag.data.readIntBE(2, 3)]).toEqual([
      ...[9, place.ms, 0x27, 1, place.composition],
    ])
  })

  test('says of each tag how long the one before it was', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 400 }), { minLength: 1, maxLength: 8 }), frames => {
        const { open, unit, written, tags } = muxing()
        open(audio)
        for (const [index, frame] of frames.entries())
          unit(audio, frameUnit(Buffer.from(frame)), { decodeTime: index * 1024 })
        const [, ...messages] = written
        for (const [index, message] of messages.entries())
          expect(message.readUInt32BE(0)).toBe(index === 0 ? 0 : messages[index - 1]!.length - 4)
        expect(
          tags()
            .slice(1)
            .map(({ data }) => data.subarray(2).toString('hex')),
        ).toEqual(frames.map(frame => Buffer.from(frame).toString('hex')))
      }),
    )
  })

  test('without a configuration is not begun', () => {
    const { open, told } = muxing()
    expect(() => open({ ...video, configuration: [] })).toThrow(MalformedError)
    expect(told).toEqual([])
  })

  test('takes H.264 and AAC', () => {
    const { muxer } = muxing()
    expect(['H264', 'MPEG4-GENERIC', 'H265', 'OPUS'].map(name => muxer.takes({ ...video.codec, name }))).toEqual([
      ...[true, true, false, false],
    ])
  })
})
