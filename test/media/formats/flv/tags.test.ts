import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AudioTags } from '#media/formats/flv/audio-tags.ts'
import { readAudioTag, readVideoTag } from '#media/formats/flv/codec-tag.ts'
import { type FlvTag, FlvTagReader } from '#media/formats/flv/tag.ts'
import { FlvTagDemuxer } from '#media/formats/flv/tag-demuxer.ts'
import { VideoTags } from '#media/formats/flv/video-tags.ts'
import { flvHeader, flvTag } from '#test/helpers/flv.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

test.each([
  {
    name: 'AVC configuration',
    tag: '17 00 000000 01',
    is: { codec: 'H264', content: 'configuration', compositionMs: 0 },
  },
  { name: 'AVC picture', tag: '27 01 fffffe 01', is: { codec: 'H264', content: 'picture', compositionMs: -2 } },
  { name: 'AVC end', tag: '17 02 000000', is: undefined },
  { name: 'HEVC picture', tag: '2c 01 000005 01', is: { codec: 'H265', content: 'picture', compositionMs: 5 } },
  {
    name: 'enhanced AVC picture',
    tag: 'a1 61766331 000003 01',
    is: { codec: 'H264', content: 'picture', compositionMs: 3 },
  },
  { name: 'enhanced picture cut short', tag: 'a1 61766331 0000', is: undefined },
  { name: 'enhanced metadata', tag: '94 68766331 00', is: undefined },
  { name: 'another codec', tag: '22 01 000000', is: undefined },
  { name: 'another enhanced codec', tag: '91 61763031 000000', is: undefined },
  { name: 'a command', tag: '57 01 000000', is: undefined },
  { name: 'too little', tag: '17 01', is: undefined },
])('a video tag: $name', ({ tag, is }) => {
  const read = readVideoTag(hex(tag))
  if (is === undefined) expect(read).toBeUndefined()
  else expect(read).toMatchObject(is)
})

test.each([
  { name: 'AAC configuration', tag: 'af 00 1190', is: { codec: 'MPEG4-GENERIC', content: 'configuration' } },
  { name: 'AAC', tag: 'af 01 aa', is: { codec: 'MPEG4-GENERIC', content: 'sound', data: hex('aa') } },
  { name: 'A-law', tag: '72 aa', is: { codec: 'PCMA', content: 'sound', data: hex('aa') } },
  { name: 'µ-law', tag: '82 aa', is: { codec: 'PCMU' } },
  { name: 'MP3', tag: '2f aabb', is: undefined },
  { name: 'nothing', tag: 'af 01', is: undefined },
])('an audio tag: $name', ({ tag, is }) => {
  const read = readAudioTag(hex(tag))
  if (is === undefined) expect(read).toBeUndefined()
  else expect(read).toMatchObject(is)
})

describe('a reader of tags', () => {
  const read = (bytes: Buffer, pieceBytes: number): readonly FlvTag[] => {
    const tags: FlvTag[] = []
    const reader = new FlvTagReader(tag => tags.push(tag))
    for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes))
    return tags
  }

  test('finds them in pieces of any size, with their times of 32 bits', () => {
    const bytes = Buffer.concat([flvHeader(0), flvTag(9, 0, '01'), flvTag(8, 0xfedcba98, '0203'), flvTag(18, 5, '')])
    for (let size = 1; size < bytes.length; size++) {
      const found = read(bytes, size).map(({ type, timestamp, data }) => [type, timestamp, data.toString('hex')])
      expect(found).toEqual([
        [9, 0, '01'],
        [8, 0xfedcba98, '0203'],
        [18, 5, ''],
      ])
    }
  })

  test('passes over what is encrypted, and what stands behind a longer file header', () => {
    const header = Buffer.concat([hex('464c5601 05 0000000c'), hex('aabbcc')])
    expect(read(Buffer.concat([header, flvTag(0x29, 0, '01'), flvTag(9, 0, '02')]), 5)).toHaveLength(1)
  })
})

test('times go on where their 32 bits are used up', () => {
  const found: (number | undefined)[] = []
  const demuxer = new FlvTagDemuxer({ tracks() {}, unit: unit => found.push(unit.decodingTime) })
  demuxer.promise({ video: false, audio: true })
  for (const timestamp of [2 ** 32 - 20, 5]) demuxer.push({ type: 8, timestamp, data: hex('72 aabb') })
  expect(found).toEqual([(2 ** 32 - 20) * 8, (2 ** 32 + 5) * 8])
})

describe('the media of tags', () => {
  const recorder = () => {
    const said: string[] = []
    return {
      said,
      out: {
        known: (codec: { name: string }) => said.push(codec.name),
        unit: ({ parts }: { parts: readonly Buffer[] }) => said.push(parts.map(part => part.toString('hex')).join(' ')),
      },
    }
  }

  test('keep the codec of the first', () => {
    const { said, out } = recorder()
    const audio = new AudioTags(out)
    for (const tag of ['af01 99', 'af00 1190', 'af01 aa', '72 bb', 'af00 1590', 'af00 ff', 'af01 cc'])
      audio.push(hex(tag), 0)
    expect(said).toEqual(['MPEG4-GENERIC', 'aa', 'cc'])
    const video = new VideoTags(out)
    video.push(hex('1c 00 000000 00'), 0)
    video.push(hex('17 01 000000 00000001 65'), 0)
    expect(said).toHaveLength(3)
  })

  test('any tags are read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('17', '1c', 'af', '72'), fc.uint8Array({ maxLength: 40 }))),
        tags => {
          const { out } = recorder()
          const [audio, video] = [new AudioTags(out), new VideoTags(out)]
          for (const [head, noise] of tags) {
            const data = Buffer.concat([hex(head), noise])
            audio.push(data, 0)
            video.push(data, 0)
          }
        },
      ),
    )
  })
})
