import type { Closeable } from '../runtime/lifetime.ts'
import type { Codec } from './codec.ts'
import type { ConnectionInfo } from './connection-info.ts'
import type { AnySender } from './consumer.ts'
import type { Media } from './media.ts'
import type { SessionRecord } from './session-record.ts'
import type { AnyTrack } from './track.ts'

/** Somebody's voice on its way to a producer: counts what was sent. Dispose to end it. */
export type Talk = AnySender & Disposable

/** A live connection that media comes from. Dialed, then started once its tracks have outlets. */
export interface Producer extends Closeable {
  readonly info: ConnectionInfo
  /** What it offers; does not change. */
  readonly medias: readonly Media[]
  /**
   * The track of one of its `recvonly` medias, in one of the media's codecs (by default the first):
   * the same one for all who ask. `undefined` when it cannot be had.
   */
  track(media: Media, codec?: Codec): AnyTrack | undefined
  /** Lets the media flow. Nothing is pushed before. Rejects with a `MediaError`. */
  start(): Promise<void>
  /**
   * Feeds one of its `sendonly` medias (a camera's speaker) from a track, in the media's codec that
   * was agreed. One talks at a time: the newest takes over from the one before. `undefined` when it
   * cannot be; absent when the producer has no way back.
   */
  talk?(media: Media, codec: Codec, track: AnyTrack): Talk | undefined
  /** The course of its session so far, where its protocol has more to tell than its end. */
  readonly session?: SessionRecord
}
