import { asPackets } from '../../codecs/adapt.ts'
import type { Codec } from '../../core/codec.ts'
import type { Media } from '../../core/media.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { Talk } from '../../core/producer.ts'
import type { AnyTrack, PacketTrack } from '../../core/track.ts'
import type { Clock } from '../../runtime/clock.ts'
import { describeError } from '../../runtime/errors.ts'
import { nextIdentity } from '../../runtime/identity.ts'
import type { SourceNote } from '../../streams/scheme.ts'
import type { SpeakerFrames } from './speaker-frames.ts'
import type { SpeakerSession } from './speaker-session.ts'

/** Milliseconds between two tries to reach a camera's speaker while somebody talks. */
const RETRY_MS = 5_000
/** Seconds of silence after which what follows is a new beginning, and says so with the marker: RFC 3551 §4.1. */
const PAUSE_SECONDS = 1

/** What a line works with. */
export interface TalkLineOptions {
  readonly clock: Clock
  /** Opens a session with the camera's speaker. Rejects with a `MediaError`. */
  readonly open: (media: Media, codec: Codec) => Promise<SpeakerSession>
  /** How what is said is cut for this camera. */
  readonly frames: (codec: Codec) => SpeakerFrames
  readonly note: (note: SourceNote) => void
}

/**
 * The way to a camera's speaker. One talks at a time, and the newest takes over; a session with the
 * camera lasts from the first word to the last talker's end. What is said before it is there is lost.
 */
export class TalkLine implements Disposable {
  readonly #options: TalkLineOptions
  #talk: CameraTalk | undefined
  #session: SpeakerSession | undefined
  /** Which session is the present one: an older one that comes late is let go. */
  #sessionNumber = 0
  #opening = false
  #triedAt = Number.NEGATIVE_INFINITY
  #ended = false

  constructor(options: TalkLineOptions) {
    this.#options = options
  }

  /** As `Producer.talk`. */
  talk(media: Media, codec: Codec, track: AnyTrack): Talk | undefined {
    const packets = asPackets(track)
    if (this.#ended || packets === undefined) return undefined
    const { name, clockRate } = packets.codec
    if (name !== codec.name || clockRate !== codec.clockRate) return undefined
    const before = this.#talk
    const talk = new CameraTalk({
      media,
      codec,
      track: packets,
      frames: this.#options.frames(codec),
      session: () => this.#reach(talk),
      left: () => this.#left(talk),
    })
    this.#talk = talk
    before?.[Symbol.dispose]()
    // Another speaker, or another codec for the same one, is another session.
    if (before !== undefined && (before.media !== media || before.codec !== codec)) this.#hangUp()
    this.#triedAt = Number.NEGATIVE_INFINITY
    this.#reach(talk)
    return talk
  }

  [Symbol.dispose](): void {
    this.#ended = true
    this.#talk?.[Symbol.dispose]()
  }

  /** The session, once it is there; begins one where there is none. */
  #reach(talk: CameraTalk): SpeakerSession | undefined {
    if (talk !== this.#talk) return undefined
    if (this.#session !== undefined && !this.#session.ended) return this.#session
    const now = this.#options.clock.now()
    if (!this.#opening && now - this.#triedAt >= RETRY_MS) {
      this.#triedAt = now
      void this.#open(talk)
    }
    return undefined
  }

  async #open(talk: CameraTalk): Promise<void> {
    const number = ++this.#sessionNumber
    this.#opening = true
    try {
      const session = await this.#options.open(talk.media, talk.codec)
      if (number !== this.#sessionNumber) session.close()
      else this.#session = session
    } catch (error) {
      if (number === this.#sessionNumber) this.#noteRefusal(error)
    } finally {
      if (number === this.#sessionNumber) this.#opening = false
    }
  }

  #noteRefusal(error: unknown): void {
    const { code, message } = describeError(error)
    this.#options.note({
      code: 'backchannel_refused',
      message: `nobody can be heard at the camera: ${message}`,
      details: { cause: code },
    })
  }

  #left(talk: CameraTalk): void {
    if (talk !== this.#talk) return
    this.#talk = undefined
    this.#hangUp()
  }

  #hangUp(): void {
    this.#sessionNumber++
    this.#opening = false
    this.#session?.close()
    this.#session = undefined
  }
}

interface CameraTalkOptions {
  readonly media: Media
  readonly codec: Codec
  readonly track: PacketTrack
  readonly frames: SpeakerFrames
  readonly session: () => SpeakerSession | undefined
  readonly left: () => void
}

/** Somebody's voice: takes from a track for as long as it may. */
class CameraTalk implements Talk {
  readonly id = nextIdentity()
  readonly media: Media
  readonly codec: Codec
  readonly parentId: number
  readonly #options: CameraTalkOptions
  #lastTime = Number.NEGATIVE_INFINITY
  #ended = false
  sentCount = 0
  sentBytes = 0
  droppedCount = 0

  constructor(options: CameraTalkOptions) {
    this.#options = options
    this.media = options.media
    this.codec = options.codec
    this.parentId = options.track.id
    options.track.attach(this)
  }

  push(group: PacketGroup): void {
    const session = this.#options.session()
    if (session === undefined) {
      this.droppedCount += group.packets.length
      return
    }
    const { timestampOffset } = group.numbering
    // AAC has the marker with each whole frame (RFC 3640 §3.1); elsewhere it says that somebody begins to talk.
    const always = this.codec.name === 'MPEG4-GENERIC'
    const begins = group.time - this.#lastTime > PAUSE_SECONDS * this.codec.clockRate
    this.#lastTime = group.time
    for (const [index, { payload, marker, timestamp }] of group.packets.entries()) {
      const isBegin = begins && index === 0
      this.#options.frames.push(
        { payload, timestamp: (timestamp + timestampOffset) >>> 0, marker: isBegin || (always && marker) },
        spoken => {
          this.sentCount++
          this.sentBytes += spoken.payload.length
          session.send(spoken)
        },
      )
    }
  }

  [Symbol.dispose](): void {
    if (this.#ended) return
    this.#ended = true
    this.#options.track.detach(this)
    this.#options.left()
  }
}
