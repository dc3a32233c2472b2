import { describe, expect, test } from 'vitest'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import { formatMedia } from '#media/core/media.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import { AutoAudioProducer } from '#media/protocols/ffmpeg/auto-audio.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { ScriptedProducer } from '#test/helpers/scripted-source.ts'
import { until } from '#test/helpers/until.ts'

const audio = (name: string, clockRate: number, channels = 1): Codec => {
  return { kind: 'audio', name, clockRate, channels, formatParameters: '' }
}

/** What ffmpeg would make of each template. */
const made: Readonly<Record<string, Codec>> = {
  'pcma/8000': audio('PCMA', 8000),
  'pcmu/8000': audio('PCMU', 8000),
  'opus/16000': audio('OPUS', 48_000, 2),
  'aac/16000': audio('PCMA', 8000),
}

const setUp = () => {
  const opened: string[] = []
  const sources: ScriptedProducer[] = []
  const context = dialContext()
  const producer = new AutoAudioProducer({
    budget: context.budget,
    source: 'ffmpeg:x#audio=auto',
    open: async template => {
      opened.push(template)
      const source = new ScriptedProducer([made[template]!], context)
      sources.push(source)
      return source
    },
  })
  const mediaOf = (name: string, clockRate: number) =>
    producer.medias.find(({ codecs: [codec] }) => codec?.name === name && codec.clockRate === clockRate)!
  return { opened, sources, producer, mediaOf }
}

describe('sound in any codec', () => {
  test('is offered best first, before anything runs', () => {
    const { producer, opened } = setUp()
    expect(producer.medias.map(formatMedia)).toEqual([
      'audio, recvonly, OPUS/48000/2',
      'audio, recvonly, PCML/16000',
      'audio, recvonly, L16/16000',
      'audio, recvonly, PCMA/16000',
      'audio, recvonly, PCMU/16000',
      'audio, recvonly, PCML/8000',
      'audio, recvonly, L16/8000',
      'audio, recvonly, PCMA/8000',
      'audio, recvonly, PCMU/8000',
      'audio, recvonly, MPEG4-GENERIC/16000',
    ])
    expect(producer.info).toMatchObject({ formatName: 'ffmpeg', source: 'ffmpeg:x#audio=auto' })
    expect(opened).toEqual([])
  })

  test('is made only in what is taken, from the start on', async () => {
    const { producer, opened, sources, mediaOf } = setUp()
    const units: AccessUnit[] = []
    const media = mediaOf('PCMA', 8000)
    const track = producer.track(media)!
    expect(producer.track(media)).toBe(track)
    if (track.form === 'units') track.attach({ id: 1, push: unit => units.push(unit) })
    expect(opened).toEqual([])
    await producer.start()
    await producer.start()
    expect(opened).toEqual(['pcma/8000'])
    sources[0]!.push(0, true, 0, 'sound')
    expect(units.map(({ sample }) => sample.toString())).toEqual(['sound'])
    expect(producer.info.bytesReceived).toBe(5)
    producer.close()
    expect(sources[0]!.ended).toBe(true)
  })

  test('is made in a second codec when somebody takes that later, and as packets where RTSP would bring them', async () => {
    const { producer, opened, sources, mediaOf } = setUp()
    producer.track(mediaOf('PCMU', 8000))
    await producer.start()
    const groups: PacketGroup[] = []
    const opus = producer.track(mediaOf('OPUS', 48_000))!
    if (opus.form === 'packets') opus.attach({ id: 1, push: group => groups.push(group) })
    await until('the second one to play', () => sources[1]?.startCount === 1)
    expect(opened).toEqual(['pcmu/8000', 'opus/16000'])
    sources[1]!.push(0, true, 0, 'voice')
    expect(groups[0]!.packets[0]!.payload.toString()).toBe('voice')
  })

  test('is lost with any of its programs', async () => {
    const { producer, sources, mediaOf } = setUp()
    producer.track(mediaOf('PCMU', 8000))
    producer.track(mediaOf('PCMA', 8000))
    await producer.start()
    sources[0]!.close({ code: 'program_ended', message: 'ffmpeg ended' })
    expect(await producer.closed).toMatchObject({ code: 'program_ended' })
    expect(sources[1]!.ended).toBe(true)
    expect(producer.track(mediaOf('OPUS', 48_000))).toBeUndefined()
  })

  test('that comes in another codec is refused', async () => {
    const { producer, mediaOf } = setUp()
    producer.track(mediaOf('MPEG4-GENERIC', 16_000))
    await expect(producer.start()).rejects.toMatchObject({ code: 'codec_mismatch' })
    producer.close()
  })
})
