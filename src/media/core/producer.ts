import type { Closeable } from '../runtime/lifetime.ts'
import type { ConnectionInfo } from './connection-info.ts'
import type { Media } from './media.ts'
import type { AnyTrack } from './track.ts'

/** A live connection that media comes from. Dialed, then started once its tracks have outlets. */
export interface Producer extends Closeable {
  readonly info: ConnectionInfo
  /** What it offers; does not change. */
  readonly medias: readonly Media[]
  /** The track of one of its `recvonly` medias: the same one for all who ask. `undefined` when it could not be set up. */
  track(media: Media): AnyTrack | undefined
  /** Lets the media flow. Nothing is pushed before. Rejects with a `MediaError`. */
  start(): Promise<void>
}
