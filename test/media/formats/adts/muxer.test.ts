import { describe, expect, test } from 'vitest'
import { formatAudioSpecificConfig } from '#media/codecs/aac/audio-specific-config.ts'
import { AdtsDemuxer } from '#media/formats/adts/demuxer.ts'
import { AdtsMuxer } from '#media/formats/adts/muxer.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { frameUnit } from '#test/helpers/access-units.ts'

const placed = { decodeTime: 0, duration: 1024, compositionOffset: 0 }
const aac = { kind: 'audio', name: 'MPEG4-GENERIC', clockRate: 48_000, channels: 2, formatParameters: '' } as const
const track = (config: Buffer) => ({ id: 1, codec: aac, configuration: [config] })

describe('ADTS', () => {
  test.each([
    [48_000, 2],
    [16_000, 1],
    [8000, 1],
  ])('of %i Hz and %i channels is read as what was written', (rate, channels) => {
    const pieces: Buffer[] = []
    const write = (head: Buffer, body?: Buffer): void => void pieces.push(head, body ?? Buffer.alloc(0))
    const muxer = new AdtsMuxer(() => {})
    const described = track(formatAudioSpecificConfig(rate, channels))
    muxer.open([described])
    const frames = [Buffer.alloc(1, 7), Buffer.alloc(500, 8), Buffer.alloc(8184, 9)]
    // One byte more than 13 bits can say is left out.
    for (const frame of [...frames, Buffer.alloc(8185)]) muxer.unit(described, frameUnit(frame), placed, write)
    const read: Buffer[] = []
    const codecs: unknown[] = []
    const demuxer = new AdtsDemuxer({ tracks: told => codecs.push(...told), unit: ({ parts }) => read.push(...parts) })
    demuxer.push(Buffer.concat(pieces))
    demuxer.end()
    expect(read.map(frame => frame.length)).toEqual(frames.map(frame => frame.length))
    expect(Buffer.concat(read).equals(Buffer.concat(frames))).toBe(true)
    expect(codecs).toMatchObject([{ name: 'MPEG4-GENERIC', clockRate: rate, channels }])
  })

  test('begins once, however often its configuration changes', () => {
    let count = 0
    const muxer = new AdtsMuxer(() => count++)
    muxer.open([track(formatAudioSpecificConfig(48_000, 2))])
    muxer.open([track(formatAudioSpecificConfig(48_000, 1))])
    expect(count).toBe(1)
  })

  test.each([
    ['none', Buffer.alloc(0)],
    ['ELD', Buffer.from('f8e85000', 'hex')],
    ['an unusual rate', formatAudioSpecificConfig(47_999, 2)],
  ])('has no words for %s', (_name, config) => {
    expect(() => new AdtsMuxer(() => {}).open([track(config)])).toThrow(MalformedError)
  })

  test('takes AAC', () => {
    expect(['MPEG4-GENERIC', 'ELD', 'OPUS'].map(name => new AdtsMuxer(() => {}).takes({ ...aac, name }))).toEqual([
      ...[true, false, false],
    ])
  })
})
