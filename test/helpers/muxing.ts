import type { Codec } from '#media/core/codec.ts'
import type { ViewerMaker } from '#media/core/consumer.ts'
import { Track, type UnitTrack } from '#media/core/track.ts'
import type { DemuxedTrack } from '#media/formats/mp4/demuxer.ts'
import type { ByteRequest } from '#media/output/byte-request.ts'
import type { MuxedConsumer } from '#media/output/muxed-consumer.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { unitsOf } from '#test/helpers/media-fixture.ts'
import { RecordingSink } from '#test/helpers/recording-sink.ts'

/** Seconds of the engine's time at which the source begins. */
const START_SECONDS = 100

/** A viewer that is fed whole tracks, and what it got. */
export interface FedViewer {
  readonly viewer: MuxedConsumer
  readonly sink: RecordingSink
  /** How often it was told that it begins. */
  readonly openedCount: () => number
}

/** Attaches these tracks to a viewer and plays them to their end, in the order of time. */
export const feed = (
  make: (request: ByteRequest) => ViewerMaker<MuxedConsumer>,
  tracks: readonly DemuxedTrack[],
): FedViewer => {
  const sink = new RecordingSink()
  let openedCount = 0
  const opened = (): void => void openedCount++
  const who = { protocol: 'http', remoteAddress: '10.0.0.1:5', userAgent: 'test' } as const
  const viewer = make({ ...who, sink, opened })({ clock: new HeldClock() })
  const attached = tracks.map(track => ({ track, into: trackOf(track.codec) }))
  for (const media of viewer.medias) {
    const fitting = attached.find(({ track }) => media.codecs.some(({ name }) => name === track.codec.name))
    if (fitting !== undefined) viewer.attach(media, fitting.into)
  }
  viewer.start()
  const all = attached.flatMap(({ track, into }) =>
    unitsOf(track, START_SECONDS * track.codec.clockRate).map(unit => ({
      ...{ unit, into, at: unit.decodingTime / track.codec.clockRate },
    })),
  )
  for (const { unit, into } of all.sort((one, other) => one.at - other.at)) into.push(unit)
  return { viewer, sink, openedCount: () => openedCount }
}

const trackOf = (codec: Codec): UnitTrack =>
  new Track({ form: 'units', codec, budget: { bytesMax: 1e8, bytesUsed: 0 } })
