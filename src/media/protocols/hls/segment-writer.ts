import type { AccessUnit } from '../../core/access-unit.ts'
import { fragmentHeader } from '../../formats/mp4/fragment.ts'
import { initializationSegment } from '../../formats/mp4/initialization-segment.ts'
import type { Placed } from '../../formats/muxer.ts'
import type { Lane } from '../../output/lanes.ts'
import { UnitMuxer } from '../../output/mpegts-unit-muxer.ts'
import type { HlsFormat } from './hls-request.ts'

/** Writes units as the bytes of segments. */
export interface SegmentWriter {
  /** What a player needs before the segments that follow; empty where they say it themselves. Throws `MalformedError`. */
  open(lanes: readonly Lane[]): Buffer
  /** A segment begins with the next unit. */
  begin(): void
  write(lane: Lane, unit: AccessUnit, placed: Placed): readonly Buffer[]
}

/** A writer of one format. */
export const segmentWriter = (format: HlsFormat): SegmentWriter =>
  format === 'fmp4' ? new Mp4SegmentWriter() : new TransportSegmentWriter()

class Mp4SegmentWriter implements SegmentWriter {
  #sequenceNumber = 0

  open(lanes: readonly Lane[]): Buffer {
    return initializationSegment(lanes)
  }

  begin(): void {}

  write({ index }: Lane, { sample, keyframe }: AccessUnit, placed: Placed): readonly Buffer[] {
    const sequenceNumber = ++this.#sequenceNumber
    const header = { ...placed, sequenceNumber, trackId: index + 1, sampleBytes: sample.length, keyframe }
    return [fragmentHeader(header), sample]
  }
}

class TransportSegmentWriter implements SegmentWriter {
  #muxer: UnitMuxer | undefined

  open(lanes: readonly Lane[]): Buffer {
    // Another configuration is in the pictures themselves.
    this.#muxer ??= new UnitMuxer(lanes)
    return Buffer.alloc(0)
  }

  begin(): void {
    this.#muxer?.begin()
  }

  write(lane: Lane, unit: AccessUnit, placed: Placed): readonly Buffer[] {
    const packets = this.#muxer?.write(lane, unit, placed)
    return packets === undefined ? [] : [packets]
  }
}
