import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import type { ContainerUnit, DemuxerFactory } from '#media/formats/demuxer.ts'
import { MediaError } from '#media/runtime/errors.ts'

/** What a demuxer found. */
export interface Demuxed {
  readonly formatName: string
  readonly codecs: readonly Codec[]
  readonly units: readonly ContainerUnit[]
}

/** All that a demuxer gives for these bytes, pushed in pieces of this size. */
export const demux = (make: DemuxerFactory, bytes: Buffer, pieceBytes = bytes.length): Demuxed => {
  const found: Codec[][] = []
  const units: ContainerUnit[] = []
  const demuxer = make({
    tracks: codecs => void found.push([...codecs]),
    unit: unit => {
      expect(unit.track).toBeLessThan(found[0]?.length ?? 0)
      expect(unit.parts.length).toBeGreaterThan(0)
      units.push(unit)
    },
  })
  for (let at = 0; at < bytes.length; at += pieceBytes) demuxer.push(bytes.subarray(at, at + pieceBytes))
  demuxer.end()
  expect(found).toHaveLength(1)
  return { formatName: demuxer.formatName, codecs: found[0] ?? [], units }
}

/** Bytes as a text to compare: short ones as they are, long ones by their size and hash. */
export const print = (bytes: Buffer): string =>
  bytes.length <= 16 ? bytes.toString('hex') : `${bytes.length}:${createHash('md5').update(bytes).digest('hex')}`

/** Units of one track as texts to compare. */
export const contents = ({ units }: Demuxed, track = 0): readonly string[] =>
  units.filter(unit => unit.track === track).map(unit => unit.parts.map(print).join(' '))

/** The NAL units with picture data of one track, unit by unit: muxers add SEI and take it away. */
export const pictures = (
  units: readonly { readonly parts: readonly Buffer[] }[],
  codec: 'H264' | 'H265',
): readonly string[] =>
  units.map(({ parts }) =>
    parts
      .filter(([first = 0]) => (codec === 'H264' ? (first & 0x1f) !== 6 : first >> 1 < 32))
      .map(print)
      .join(' '),
  )

/** Decoding times of one track. */
export const times = ({ units }: Demuxed, track = 0): readonly (number | undefined)[] =>
  units.filter(unit => unit.track === track).map(unit => unit.decodingTime)

/** Whatever happens to bytes on their way, and in whatever pieces they come, a demuxer reads on or throws its own error. */
export const expectRobust = (make: DemuxerFactory, bytes: Buffer, numRuns = 200): void => {
  const flips = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), { maxLength: 12 })
  const cut = fc.option(fc.tuple(fc.nat(bytes.length), fc.nat(2000)))
  fc.assert(
    fc.property(flips, cut, fc.integer({ min: 1, max: 5000 }), (all, hole, pieceBytes) => {
      const damaged = Buffer.from(bytes)
      for (const [at, mask] of all) damaged[at]! ^= mask
      const left =
        hole === null
          ? damaged
          : Buffer.concat([damaged.subarray(0, hole[0]), damaged.subarray(Math.min(damaged.length, hole[0] + hole[1]))])
      expectBounded(make, left, Math.max(pieceBytes, Math.ceil(left.length / 500)))
    }),
    { numRuns },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 1, max: 50 }), (random, pieceBytes) => {
      expectBounded(make, Buffer.from(random), pieceBytes)
      expectBounded(make, Buffer.concat([bytes.subarray(0, 64), Buffer.from(random)]), pieceBytes)
    }),
    { numRuns },
  )
}

const expectBounded = (make: DemuxerFactory, bytes: Buffer, pieceBytes: number): void => {
  try {
    const { units } = demux(make, bytes, pieceBytes)
    let size = 0
    for (const { parts } of units) for (const part of parts) size += part.length
    // What an image lacks at its end is added.
    expect(size).toBeLessThanOrEqual(bytes.length + 2 * units.length)
  } catch (error) {
    expect(error).toBeInstanceOf(MediaError)
  }
}
