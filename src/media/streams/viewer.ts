import { asTranscoded } from '../codecs/transcode.ts'
import { sameCodec } from '../core/codec.ts'
import type { Consumer } from '../core/consumer.ts'
import type { Media } from '../core/media.ts'
import type { Talk } from '../core/producer.ts'
import type { Served } from './negotiate.ts'
import type { StreamSource } from './stream-source.ts'

/** What one of a viewer's tracks comes from, or what its voice goes to. */
interface Feed {
  readonly want: Media
  source: StreamSource
  talk?: Talk
}

/** One consumer at its stream: which source feeds each of its tracks. */
export class Viewer {
  readonly consumer: Consumer
  ended = false
  readonly #feeds = new Map<Media, Feed>()
  /** The medias that a want's tracks go by at the consumer, the want itself first. */
  readonly #slots = new Map<Media, Media[]>()

  constructor(consumer: Consumer) {
    this.consumer = consumer
  }

  /** Whether anything feeds it, or is waited for. */
  get fed(): boolean {
    return this.#feeds.size > 0
  }

  /** The sources that feed it. */
  get sources(): ReadonlySet<StreamSource> {
    return new Set([...this.#feeds.values()].map(({ source }) => source))
  }

  /** Its voice on the way to a source. */
  talksTo(source: StreamSource): readonly Talk[] {
    return [...this.#feeds.values()].flatMap(feed => (feed.source === source && feed.talk ? [feed.talk] : []))
  }

  /** Whether it takes anything from a source, or says anything to it. */
  isFedBy(source: StreamSource): boolean {
    for (const feed of this.#feeds.values()) if (feed.source === source) return true
    return false
  }

  /** The wants that a source has a part in. */
  wantsFrom(source: StreamSource): readonly Media[] {
    return this.consumer.medias.filter(want =>
      [...this.#feeds.values()].some(feed => feed.want === want && feed.source === source),
    )
  }

  /** Whether it can go on with what a negotiation found, without being told. Its voice can always change ears. */
  accepts({ want, nth, codec, by }: Served): boolean {
    return 'talk' in by || this.consumer.accepts(this.#slot(want, nth), codec)
  }

  /** Feeds it with what a negotiation found. */
  connect(served: readonly Served[]): void {
    for (const { want, nth, source, codec, by } of served) {
      const slot = this.#slot(want, nth)
      this.#feeds.get(slot)?.talk?.[Symbol.dispose]()
      this.#feeds.set(slot, { want, source, ...('talk' in by && { talk: by.talk }) })
      // A track made of another lives from its first outlet to its last, so it is made where it is attached.
      if ('track' in by)
        this.consumer.attach(
          slot,
          sameCodec(codec, by.track.codec) ? by.track : (asTranscoded(by.track, codec) ?? by.track),
        )
    }
  }

  /** A want waits for a source that does not serve it now. */
  wait(want: Media, source: StreamSource): void {
    this.#feeds.set(want, { want, source })
  }

  /** Forgets who serves these wants. Their tracks stay attached until others take their places. */
  forget(wants: readonly Media[]): void {
    for (const [slot, feed] of [...this.#feeds]) {
      if (!wants.includes(feed.want)) continue
      feed.talk?.[Symbol.dispose]()
      this.#feeds.delete(slot)
    }
  }

  /** It has left: nobody feeds it, and its voice is not heard any more. */
  end(): void {
    this.ended = true
    this.forget(this.consumer.medias)
  }

  #slot(want: Media, nth: number): Media {
    const slots = this.#slots.get(want) ?? [want]
    this.#slots.set(want, slots)
    while (slots.length <= nth) slots.push({ ...want, id: `${want.id}#${slots.length}` })
    return slots[nth]!
  }
}
