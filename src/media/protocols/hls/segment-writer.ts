import type { AccessUnit } from '../../core/access-unit.ts'
import { fragmentHeader } from '../../formats/mp4/fragment.ts'
import { initializationSegment } from '../../formats/mp4/initialization-segment.ts'
import { UnitMuxer } from '../../formats/mpegts/unit-muxer.ts'
import type { MuxedTrack, Placed } from '../../formats/muxer.ts'
import type { HlsFormat } from './hls-request.ts'

/** Writes units as the bytes of segments. */
export interface SegmentWriter {
  /** What a player needs before the segments that follow; empty where they say it themselves. Throws `MalformedError`. */
  open(lanes: readonly MuxedTrack[]): Buffer
  /** A segment begins with the next unit. */
  begin(): void
  write(lane: MuxedTrack, unit: AccessUnit, placed: Placed): readonly Buffer[]
}

/** A writer of one format. */
export const segmentWriter = (format: HlsFormat): SegmentWriter =>
  format === 'fmp4' ? new Mp4SegmentWriter() : new TransportSegmentWriter()

class Mp4SegmentWriter implements SegmentWriter {
  #sequenceNumber = 0

  open(lanes: readonly MuxedTrack[]): Buffer {
    return initializationSegment(lanes)
  }

  begin(): void {}

  write({ id }: MuxedTrack, { sample, keyframe }: AccessUnit, placed: Placed): readonly Buffer[] {
    const sequenceNumber = ++this.#sequenceNumber
    const header = { ...placed, sequenceNumber, trackId: id, sampleBytes: sample.length, keyframe }
    return [fragmentHeader(header), sample]
  }
}

class TransportSegmentWriter implements SegmentWriter {
  #muxer: UnitMuxer | undefined

  open(lanes: readonly MuxedTrack[]): Buffer {
    // Another configuration is in the pictures themselves.
    this.#muxer ??= new UnitMuxer(lanes)
    return Buffer.alloc(0)
  }

  begin(): void {
    this.#muxer?.begin()
  }

  write(lane: MuxedTrack, unit: AccessUnit, placed: Placed): readonly Buffer[] {
    const packets = this.#muxer?.write(lane, unit, placed)
    return packets === undefined ? [] : [packets]
  }
}
