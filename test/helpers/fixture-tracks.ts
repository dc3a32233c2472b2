import type { Codec } from '#media/core/codec.ts'
import { Track, type UnitTrack } from '#media/core/track.ts'
import { type fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'

/** A track that a test pushes units into itself. */
export const unitTrack = (codec: Codec): UnitTrack =>
  new Track({ form: 'units', codec, budget: { bytesMax: 1e8, bytesUsed: 0 } })

/** Fixtures as tracks of one source, and their units in the order of time. */
export interface FixtureTracks {
  readonly tracks: readonly UnitTrack[]
  /** Pushes all units once, this many seconds after the engine's beginning. */
  play(startSeconds: number): void
}

/** Makes tracks of fixtures. */
export const fixtureTracks = (...from: readonly ReturnType<typeof fixtureTrack>[]): FixtureTracks => {
  const tracks = from.map(({ codec }) => unitTrack(codec))
  return {
    tracks,
    play(startSeconds) {
      const all = from.flatMap((one, index) =>
        unitsOf(one, startSeconds * one.codec.clockRate).map(unit => ({
          ...{ unit, track: tracks[index]! },
          at: unit.decodingTime / one.codec.clockRate,
        })),
      )
      for (const { unit, track } of all.sort((one, other) => one.at - other.at)) track.push(unit)
    },
  }
}
