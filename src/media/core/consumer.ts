import type { Clock } from '../runtime/clock.ts'
import type { Closeable } from '../runtime/lifetime.ts'
import type { AccessUnit } from './access-unit.ts'
import type { Codec } from './codec.ts'
import type { ConnectionInfo } from './connection-info.ts'
import type { Media } from './media.ts'
import type { Sender } from './sender.ts'
import type { SessionRecord } from './session-record.ts'
import type { AnyTrack } from './track.ts'

/** Any sender, where only its counters and its track matter. */
export type AnySender = Pick<Sender<never>, 'id' | 'codec' | 'parentId' | 'sentCount' | 'sentBytes' | 'droppedCount'>

/** Makes pictures of pictures, outside of this process. Who asks for the same of the same unit shares it. */
export interface PictureConverter {
  /** A JPEG of an uncompressed picture. Rejects with a `MediaError`. `owner` is whoever asks, until it is forgotten. */
  jpeg(owner: string, codec: Codec, unit: AccessUnit): Promise<Buffer>
  /** The pixels of a JPEG in another size: three bytes each, row by row from the top. Rejects with a `MediaError`. */
  pixels(owner: string, unit: AccessUnit, size: PictureSize): Promise<Buffer>
  /** What is kept for an owner that is gone. */
  forget(owner: string): void
}

/** Pixels. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** What the engine has for its viewers. */
export interface ViewerContext {
  readonly clock: Clock
  /** Absent where no programs are run: nothing is converted then. */
  readonly pictures?: PictureConverter
}

/** Makes a viewer of one kind; each output has one, in the folder of its protocol. */
export type ViewerMaker<Viewer extends Consumer = Consumer> = (context: ViewerContext) => Viewer

/** A live connection that media goes to. */
export interface Consumer extends Closeable {
  readonly info: ConnectionInfo
  /** What it wants (`sendonly`) and what it says back (`recvonly`), in the order in which it is served. */
  readonly medias: readonly Media[]
  /** The source it is itself part of, as an `ffmpeg:` source that reads its own stream: never fed from there. */
  readonly source?: string
  /** Counters of what it gets, in the order of its matches. */
  readonly senders: readonly AnySender[]
  /**
   * Feeds one of its medias from a track. Called again for the same media when its source was
   * replaced: the consumer then goes over at the new track's first keyframe. A media that wants `ALL`
   * may get several tracks: each further one comes with a media of its own, made of the wanted one.
   */
  attach(media: Media, track: AnyTrack): void
  /** Whether it can go on with a track of this codec in place of the one it has, without being told. */
  accepts(media: Media, codec: Codec): boolean
  /** The track of one of its `recvonly` medias, in the codec that was agreed. Absent when it never says anything. */
  track?(media: Media, codec: Codec): AnyTrack | undefined
  /** The tracks of what it says, for counters. Absent when it never says anything. */
  readonly voices?: readonly AnyTrack[]
  /** The course of its session so far, where its protocol has more to tell than its end. */
  readonly session?: SessionRecord
  /** Everything that could be matched is attached: begin. Called once. */
  start(): void
}
