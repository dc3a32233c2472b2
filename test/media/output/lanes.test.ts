import { describe, expect, test } from 'vitest'
import { AccessUnit } from '#media/core/access-unit.ts'
import type { Media } from '#media/core/media.ts'
import { Lanes } from '#media/output/lanes.ts'
import type { CloseReason } from '#media/runtime/lifetime.ts'
import { millis, ticks } from '#media/runtime/units.ts'
import { fixtureTracks, unitTrack } from '#test/helpers/fixture-tracks.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixtureTrack } from '#test/helpers/media-fixture.ts'

const video = fixtureTrack('h264-b-frames-aac.mp4', 'video')
const audio = fixtureTrack('h264-b-frames-aac.mp4', 'audio')

const media = (kind: 'video' | 'audio', id: string = kind): Media => ({ kind, direction: 'sendonly', codecs: [], id })

const setUp = (options: { readonly opened?: () => void; readonly pendingBytes?: number } = {}) => {
  const seen: string[] = []
  const failures: CloseReason[] = []
  const clock = new HeldClock()
  const lanes = new Lanes({
    oneOfEach: true,
    takes: ({ name }) => name === 'H264' || name === 'MPEG4-GENERIC',
    sink: { pendingBytes: options.pendingBytes ?? 0 },
    clock,
    opened: all => {
      seen.push(`opened ${all.map(lane => lane.codec.name)}`)
      options.opened?.()
    },
    unit: (track, unit, placed) => seen.push(`${track.id - 1} ${unit.keyframe ? 'key' : '-'} ${placed.decodeTime}`),
    failed: reason => failures.push(reason),
  })
  return { lanes, seen, failures, clock }
}

const unit = (configuration: readonly Buffer[], time: number, keyframe = true): AccessUnit =>
  new AccessUnit({
    ...{ keyframe, configuration, decodingTime: ticks(time), framing: 'nal', arrivedAt: millis(0) },
    parts: [Buffer.alloc(9)],
  })

describe('lanes', () => {
  test('open once all is known, pictures first, and begin with a picture at 0', () => {
    const { lanes, seen } = setUp()
    const source = fixtureTracks(video, audio)
    lanes.attach(media('audio'), source.tracks[1]!)
    lanes.attach(media('video'), source.tracks[0]!)
    lanes.start()
    source.play(50)
    expect(seen.slice(0, 2)).toEqual(['opened H264,MPEG4-GENERIC', '0 key 0'])
    expect(seen.filter(one => one.startsWith('opened'))).toHaveLength(1)
    expect(seen.some(one => one.startsWith('1 key'))).toBe(true)
    expect(lanes.senders).toHaveLength(2)
  })

  test('open again before the first keyframe of another configuration', () => {
    const { lanes, seen } = setUp()
    const track = unitTrack({ ...video.codec, formatParameters: '' })
    lanes.attach(media('video'), track)
    lanes.start()
    const [one, other] = [[Buffer.from('one')], [Buffer.from('other')]]
    track.push(unit(one, 0))
    track.push(unit([Buffer.from('one')], 3600))
    track.push(unit(other, 7200, false))
    track.push(unit(other, 10_800))
    expect(seen).toEqual(['opened H264', '0 key 0', '0 key 3600', '0 - 7200', 'opened H264', '0 key 10800'])
  })

  test('take one track of pictures and one of sound, of codecs that fit, before the start', () => {
    const { lanes } = setUp()
    lanes.attach(media('video'), unitTrack({ ...video.codec, name: 'JPEG' }))
    expect(lanes.senders).toHaveLength(0)
    lanes.attach(media('video'), unitTrack(video.codec))
    lanes.attach(media('video', 'second'), unitTrack(video.codec))
    lanes.start()
    lanes.attach(media('audio'), unitTrack(audio.codec))
    expect(lanes.senders).toHaveLength(1)
  })

  test('go on only with the same codec', () => {
    const { lanes } = setUp()
    const asked = media('video')
    lanes.attach(asked, unitTrack(video.codec))
    expect(lanes.accepts(asked, video.codec)).toBe(true)
    expect(lanes.accepts(asked, { ...video.codec, name: 'H265' })).toBe(false)
    expect(lanes.accepts(media('video', 'another'), video.codec)).toBe(false)
  })

  test('tell what cannot be begun, and that nobody takes anything', async () => {
    const broken = setUp({
      opened: () => {
        throw new Error('nonsense')
      },
    })
    const source = fixtureTracks(video)
    broken.lanes.attach(media('video'), source.tracks[0]!)
    broken.lanes.start()
    expect(broken.failures).toMatchObject([{ message: 'nonsense' }])

    const stuck = setUp({ pendingBytes: 1e9 })
    stuck.lanes.attach(media('video'), source.tracks[0]!)
    stuck.lanes.start()
    source.play(50)
    await stuck.clock.advance(20_000)
    source.play(60)
    expect(stuck.failures).toMatchObject([{ code: 'viewer_stuck' }])
  })

  test('leave their tracks at the end, even before they have begun', () => {
    const { lanes, seen } = setUp()
    const source = fixtureTracks(video)
    lanes.attach(media('video'), source.tracks[0]!)
    lanes[Symbol.dispose]()
    lanes.start()
    source.play(50)
    expect(source.tracks[0]!.idle).toBe(true)
    expect(seen.filter(one => one.startsWith('0'))).toEqual([])
  })
})
