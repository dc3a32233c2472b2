import { describe, expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import { TrackGathering } from '#media/formats/track-gathering.ts'

const video: Codec = { kind: 'video', name: 'H264', clockRate: 90_000, channels: 0, formatParameters: '' }
const audio: Codec = { kind: 'audio', name: 'PCMA', clockRate: 8000, channels: 1, formatParameters: '' }
const unit = (part: string | Buffer) => ({
  keyframe: true,
  decodingTime: undefined,
  compositionOffset: 0,
  framing: 'frame' as const,
  parts: [typeof part === 'string' ? Buffer.from(part) : part],
  configuration: [],
})

const setUp = () => {
  const found: string[] = []
  const gathering = new TrackGathering({
    tracks: codecs => found.push(`tracks ${codecs.map(codec => codec.name).join(' ')}`),
    unit: one => found.push(`${one.track} ${one.parts[0]!.length > 9 ? 'large' : one.parts[0]!}`),
  })
  return { found, gathering }
}

describe('the tracks of a container', () => {
  test('are told once all streams are known, video first, and then get what has waited', () => {
    const { found, gathering } = setUp()
    const [sound, pictures] = [gathering.announce(), gathering.announce()]
    sound.known(audio)
    sound.unit(unit('a1'))
    expect([gathering.complete, gathering.settled, found]).toEqual([false, false, []])
    pictures.known(video)
    pictures.known({ ...video, name: 'H265' })
    pictures.unit(unit('v1'))
    expect(gathering.complete).toBe(true)
    gathering.settle()
    gathering.settle()
    sound.unit(unit('a2'))
    expect([gathering.settled, found]).toEqual([true, ['tracks H264 PCMA', '1 a1', '0 v1', '1 a2']])
  })

  test('leave out what was not known in time, or came later', () => {
    const { found, gathering } = setUp()
    const unknown = gathering.announce()
    gathering.announce().known(audio)
    unknown.unit(unit('v1'))
    gathering.settle()
    unknown.known(video)
    unknown.unit(unit('v2'))
    const late = gathering.announce()
    late.known(video)
    late.unit(unit('v3'))
    expect(found).toEqual(['tracks PCMA'])
  })

  test('are told when 5 MiB wait for them', () => {
    const { found, gathering } = setUp()
    gathering.announce()
    const pictures = gathering.announce()
    pictures.known(video)
    for (let i = 0; i < 6; i++) pictures.unit(unit(Buffer.alloc(1024 * 1024)))
    expect(found).toEqual(['tracks H264', ...Array.from({ length: 6 }, () => '0 large')])
  })

  test('of nothing are none', () => {
    const { found, gathering } = setUp()
    expect(gathering.complete).toBe(false)
    gathering.settle()
    expect(found).toEqual(['tracks '])
  })
})
