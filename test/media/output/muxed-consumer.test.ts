import { expect, test } from 'vitest'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import { connectionInfo } from '#media/core/connection-info.ts'
import { Track, type UnitTrack } from '#media/core/track.ts'
import type { Muxer } from '#media/formats/muxer.ts'
import { MuxedConsumer } from '#media/output/muxed-consumer.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'
import { RecordingSink } from '#test/helpers/recording-sink.ts'

const pictures = fixtureTrack('h264-slices.mp4', 'video')

const setUp = (takes: boolean, durationSeconds?: number) => {
  const [sink, opens, units] = [new RecordingSink(), [] as number[], [] as AccessUnit[]]
  const muxer: Muxer = {
    takes: () => takes,
    open: tracks => opens.push(tracks.length),
    unit: (_track, unit, _placed, write) => {
      units.push(unit)
      write(Buffer.of(1), Buffer.of(2))
    },
  }
  const wish: Codec = { kind: 'video', name: 'H264', clockRate: 0, channels: 0, formatParameters: '' }
  const media = { kind: 'video', direction: 'sendonly', codecs: [wish], id: '0' } as const
  const consumer = new MuxedConsumer({
    ...{ sink, muxer, clock: new HeldClock(), info: connectionInfo({ formatName: 'test' }), medias: [media] },
    ...(durationSeconds !== undefined && { durationSeconds }),
  })
  const track: UnitTrack = new Track({ form: 'units', codec: pictures.codec, budget: { bytesMax: 1e8, bytesUsed: 0 } })
  consumer.attach(media, track)
  return { consumer, sink, opens, units, track, media }
}

test('opens its container once, and writes each unit', () => {
  const { consumer, sink, opens, units, track } = setUp(true)
  consumer.start()
  for (const unit of unitsOf(pictures)) track.push(unit)
  expect([opens, units.length]).toEqual([[1], pictures.samples.length])
  expect(consumer.info.bytesSent).toBe(sink.bytes.length)
})

test('that has nothing its container takes is let go at the start', async () => {
  const { consumer, track, sink } = setUp(false)
  consumer.start()
  expect(await consumer.closed).toMatchObject({ code: 'nothing_to_write' })
  expect([sink.ended, track.idle]).toEqual([true, true])
})

test('ends with the first unit beyond its duration', async () => {
  const { consumer, units, track } = setUp(true, 0.1)
  consumer.start()
  for (const unit of unitsOf(pictures)) track.push(unit)
  expect(await consumer.closed).toMatchObject({ code: 'done' })
  expect(units.length).toBeLessThan(pictures.samples.length)
  expect(track.idle).toBe(true)
})

test('takes no other track once it has started', () => {
  const { consumer, media } = setUp(true)
  consumer.start()
  const other: UnitTrack = new Track({ form: 'units', codec: pictures.codec, budget: { bytesMax: 1, bytesUsed: 0 } })
  consumer.attach({ ...media, id: 'other' }, other)
  expect([consumer.senders.length, other.idle]).toEqual([1, true])
})
