import type { Closeable } from '../runtime/lifetime.ts'
import type { ConnectionInfo } from './connection-info.ts'
import type { Media } from './media.ts'
import type { Sender } from './sender.ts'
import type { AnyTrack } from './track.ts'

/** Any sender, where only its counters and its track matter. */
export type AnySender = Pick<Sender<never>, 'id' | 'codec' | 'parentId' | 'sentCount' | 'sentBytes' | 'droppedCount'>

/** A live connection that media goes to. */
export interface Consumer extends Closeable {
  readonly info: ConnectionInfo
  /** What it wants, in the order in which it is served; `sendonly`. */
  readonly medias: readonly Media[]
  /** Counters of what it gets, in the order of its matches. */
  readonly senders: readonly AnySender[]
  /**
   * Feeds one of its medias from a track. Called again for the same media when its source was
   * replaced: the consumer then goes over at the new track's first keyframe.
   */
  attach(media: Media, track: AnyTrack): void
  /** Whether it can go on with this track in place of the one it has, without being told. */
  accepts(media: Media, track: AnyTrack): boolean
  /** Everything that could be matched is attached: begin. Called once. */
  start(): void
}
