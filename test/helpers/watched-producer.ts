import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Kind } from '#media/core/codec.ts'
import type { Producer } from '#media/core/producer.ts'
import type { UnitTrack } from '#media/core/track.ts'
import type { CloseReason } from '#media/runtime/lifetime.ts'
import { until } from '#test/helpers/until.ts'

/** A producer of access units that is started, with everything it gives. */
export class WatchedProducer implements Disposable {
  readonly producer: Producer
  readonly units: Record<Kind, AccessUnit[]> = { video: [], audio: [] }
  reason: CloseReason | undefined

  private constructor(producer: Producer) {
    this.producer = producer
    for (const [index, media] of producer.medias.entries()) {
      const track = producer.track(media) as UnitTrack
      track.attach({ id: index, push: unit => this.units[media.kind].push(unit) })
    }
    void producer.closed.then(reason => {
      this.reason = reason
    })
  }

  /** Takes all tracks, then starts. */
  static async start(producer: Producer): Promise<WatchedProducer> {
    const watched = new WatchedProducer(producer)
    await producer.start()
    return watched
  }

  /** What it offers, by name. */
  get codecs(): readonly (string | undefined)[] {
    return this.producer.medias.map(({ codecs: [codec] }) => codec?.name)
  }

  /** Waits for so many pictures. */
  async pictures(count: number): Promise<readonly AccessUnit[]> {
    await until(`${count} pictures`, () => this.units.video.length >= count || this.reason !== undefined, 20_000)
    return this.units.video
  }

  /** Waits for the end, and says why. */
  async end(): Promise<CloseReason> {
    await until('the end', () => this.reason !== undefined, 20_000)
    return this.reason!
  }

  [Symbol.dispose](): void {
    this.producer.close()
  }
}
