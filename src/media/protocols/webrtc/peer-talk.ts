import type { Codec } from '../../core/codec.ts'
import type { Talk } from '../../core/producer.ts'
import type { PacketTrack } from '../../core/track.ts'
import type { NegotiatedPayload } from './negotiated-media.ts'
import type { SendingLane } from './sending-lane.ts'

type Counts = Pick<Talk, 'sentCount' | 'sentBytes' | 'droppedCount'>

/** Somebody's voice to a peer: counts from its own beginning, whoever talked before. */
export class PeerTalk implements Talk {
  readonly codec: Codec
  readonly parentId: number
  readonly #lane: SendingLane
  readonly #before: readonly [packets: number, bytes: number, dropped: number]
  #final: Counts | undefined

  constructor(lane: SendingLane, track: PacketTrack, payload: NegotiatedPayload) {
    this.#lane = lane
    this.codec = payload.codec
    this.parentId = track.id
    const { sentCount, sentBytes, droppedCount } = lane.sender
    this.#before = [sentCount, sentBytes, droppedCount]
    lane.feed(track, payload)
  }

  get id(): number {
    return this.#lane.sender.id
  }

  get sentCount(): number {
    return this.#counts.sentCount
  }

  get sentBytes(): number {
    return this.#counts.sentBytes
  }

  get droppedCount(): number {
    return this.#counts.droppedCount
  }

  get #counts(): Counts {
    if (this.#final !== undefined) return this.#final
    const { sentCount, sentBytes, droppedCount } = this.#lane.sender
    const [packets, bytes, dropped] = this.#before
    return { sentCount: sentCount - packets, sentBytes: sentBytes - bytes, droppedCount: droppedCount - dropped }
  }

  [Symbol.dispose](): void {
    if (this.#final !== undefined) return
    this.#final = this.#counts
    this.#lane.rest()
  }
}
