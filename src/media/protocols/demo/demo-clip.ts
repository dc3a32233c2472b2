import { readFile } from 'node:fs/promises'
import { type DemuxedSample, type DemuxedTrack, demuxMp4 } from '../../formats/mp4/demuxer.ts'
import { describeError, MediaError } from '../../runtime/errors.ts'

/** Bytes of a clip: it stays in memory. */
const CLIP_BYTES_MAX = 64 * 1024 * 1024

/** The demo's clip is missing, or cannot be played. */
export class DemoClipError extends MediaError {
  readonly code = 'demo_clip'

  constructor(what: string, cause?: unknown) {
    super(`the demo clip ${what}`, { cause })
  }
}

/** One sample in the order in which a clip plays. */
export interface ScheduledSample {
  /** Index of its track. */
  readonly track: number
  /** Milliseconds from the beginning of the clip. */
  readonly atMs: number
  readonly sample: DemuxedSample
}

/** A clip ready to be played round and round. */
export interface DemoClip {
  readonly tracks: readonly DemuxedTrack[]
  /** All tracks together; at least one sample. */
  readonly schedule: readonly ScheduledSample[]
  /** How long one round lasts: as long as the pictures. */
  readonly durationSeconds: number
  /** The decoding time, in seconds, with which a round begins: with B-pictures before 0. */
  readonly startSeconds: number
}

/** Reads an MP4 file as a clip. Rejects with `DemoClipError`. */
export const readDemoClip = async (path: string): Promise<DemoClip> => {
  try {
    return arrange(demuxMp4(await readFile(path)))
  } catch (error) {
    if (error instanceof DemoClipError) throw error
    throw new DemoClipError(`cannot be played: ${describeError(error).message}`, error)
  }
}

/** Puts the samples of all tracks into one order; what lies outside of the round is left out. */
const arrange = (tracks: readonly DemuxedTrack[]): DemoClip => {
  const leader = tracks.find(track => track.codec.kind === 'video') ?? tracks[0]
  const first = leader?.samples.find(sample => sample.keyframe)
  const last = leader?.samples.at(-1)
  if (leader === undefined || first === undefined || last === undefined) throw new DemoClipError('has nothing to play')
  const startSeconds = first.decodingTime / leader.codec.clockRate
  const durationSeconds = (last.decodingTime + last.duration) / leader.codec.clockRate - startSeconds
  const schedule: ScheduledSample[] = []
  let sizeBytes = 0
  for (const [index, { codec, samples }] of tracks.entries()) {
    for (const sample of samples) {
      const atMs = (sample.decodingTime / codec.clockRate - startSeconds) * 1000
      if (atMs < 0 || atMs >= durationSeconds * 1000 || sample.parts.length === 0) continue
      schedule.push({ track: index, atMs, sample })
      for (const part of sample.parts) sizeBytes += part.length
    }
  }
  if (schedule.length === 0) throw new DemoClipError('has nothing to play')
  if (sizeBytes > CLIP_BYTES_MAX) throw new DemoClipError(`is larger than ${CLIP_BYTES_MAX} bytes`)
  schedule.sort((one, other) => one.atMs - other.atMs || one.track - other.track)
  return { tracks, schedule, durationSeconds, startSeconds }
}
