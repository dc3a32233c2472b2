import type { DemuxerSink } from '../demuxer.ts'
import { type GatheredStream, TrackGathering } from '../track-gathering.ts'
import { AudioTags } from './audio-tags.ts'
import { readAudioTag, readVideoTag } from './codec-tag.ts'
import { type FlvTag, tagType } from './tag.ts'
import { VideoTags } from './video-tags.ts'

/** Milliseconds of media in which the second kind must show itself, where nobody says reliably what there is. */
const SECOND_KIND_MS_MAX = 1000
/** Timestamps have 32 bits: they start over after 49 days. */
const WRAP = 2 ** 32

/** What is said to be in a stream; wrong often enough to be only a hint. */
export interface PromisedKinds {
  readonly video: boolean
  readonly audio: boolean
}

/**
 * FLV tags, or the RTMP messages that are the same, to tracks and units. What there is, what comes
 * decides: Reolink's header promises nothing, Dahua's metadata has no video codec, OpenIPC sends none.
 */
export class FlvTagDemuxer {
  readonly #gathering: TrackGathering
  #video: VideoTags | undefined
  #audio: AudioTags | undefined
  #promised: PromisedKinds = { video: false, audio: false }
  #lastMs: number | undefined
  /** When the first track was known. */
  #knownMs: number | undefined

  constructor(into: DemuxerSink) {
    this.#gathering = new TrackGathering(into)
  }

  /** Something says what there will be: a header, metadata. */
  promise(kinds: PromisedKinds): void {
    this.#promised = { video: this.#promised.video || kinds.video, audio: this.#promised.audio || kinds.audio }
  }

  push({ type, timestamp, data }: FlvTag): void {
    if (type !== tagType.video && type !== tagType.audio) return
    const timeMs = this.#unwrap(timestamp)
    if (type === tagType.video && readVideoTag(data) !== undefined) {
      this.#video ??= new VideoTags(this.#announce(timeMs))
      this.#video.push(data, timeMs)
    }
    if (type === tagType.audio && readAudioTag(data) !== undefined) {
      this.#audio ??= new AudioTags(this.#announce(timeMs))
      this.#audio.push(data, timeMs)
    }
    if (!this.#gathering.settled && this.#isDecided(timeMs)) this.settle()
  }

  /** Tells the tracks that are known by now. */
  settle(): void {
    this.#gathering.settle()
  }

  #announce(timeMs: number): GatheredStream {
    const stream = this.#gathering.announce()
    return {
      known: codec => {
        this.#knownMs ??= timeMs
        stream.known(codec)
      },
      unit: unit => stream.unit(unit),
    }
  }

  #isDecided(timeMs: number): boolean {
    if (this.#knownMs === undefined) return false
    if (Math.abs(timeMs - this.#knownMs) > SECOND_KIND_MS_MAX) return true
    const { video, audio } = this.#promised
    const both = this.#video !== undefined && this.#audio !== undefined
    const asPromised =
      (video || audio) && (this.#video !== undefined || !video) && (this.#audio !== undefined || !audio)
    return this.#gathering.complete && (both || asPromised)
  }

  #unwrap(timestamp: number): number {
    const reference = this.#lastMs ?? timestamp
    const ahead = (((timestamp - reference) % WRAP) + WRAP) % WRAP
    this.#lastMs = reference + (ahead < WRAP / 2 ? ahead : ahead - WRAP)
    return this.#lastMs
  }
}
