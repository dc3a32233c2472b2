import { readFileSync } from 'node:fs'
import { AccessUnit } from '#media/core/access-unit.ts'
import type { Kind } from '#media/core/codec.ts'
import { type DemuxedTrack, demuxMp4 } from '#media/formats/mp4/demuxer.ts'
import { millis, ticks } from '#media/runtime/units.ts'

/** Where a fixture is. */
export const fixturePath = (name: string): string => new URL(`../fixtures/media/${name}`, import.meta.url).pathname

/** The track of one kind of a fixture. */
export const fixtureTrack = (name: string, kind: Kind): DemuxedTrack => {
  const track = demuxMp4(readFileSync(fixturePath(name))).find(one => one.codec.kind === kind)
  if (track === undefined) throw new TypeError(`${name} has no ${kind}`)
  return track
}

/** A track's samples as access units, with this many ticks added to their times. */
export const unitsOf = (track: DemuxedTrack, shift = 0): AccessUnit[] =>
  track.samples.map(
    sample =>
      new AccessUnit({
        ...sample,
        decodingTime: ticks(sample.decodingTime + shift),
        framing: track.framing,
        configuration: track.configuration,
        arrivedAt: millis(0),
      }),
  )
