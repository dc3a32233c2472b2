import { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '#media/core/connection-info.ts'
import type { Media } from '#media/core/media.ts'
import type { Producer, Talk } from '#media/core/producer.ts'
import { type AnyTrack, Track, type UnitTrack } from '#media/core/track.ts'
import { MediaError } from '#media/runtime/errors.ts'
import { type CloseReason, Lifetime } from '#media/runtime/lifetime.ts'
import { millis, ticks } from '#media/runtime/units.ts'
import type { DialContext, DialingScheme } from '#media/streams/scheme.ts'
import type { SourceUrl } from '#media/streams/source-url.ts'

/** H.264 as a camera offers it. */
export const h264: Codec = { kind: 'video', name: 'H264', clockRate: 90_000, channels: 0, formatParameters: '' }
/** H.265 as a camera offers it. */
export const h265: Codec = { ...h264, name: 'H265' }
/** AAC as a camera offers it. */
export const aac: Codec = { kind: 'audio', name: 'MPEG4-GENERIC', clockRate: 48_000, channels: 2, formatParameters: '' }

/** An error with any code, as a protocol would raise it. */
export class ScriptedError extends MediaError {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** What a speaker does with a voice. */
export type Listen = (track: AnyTrack) => Talk

interface Speaker {
  readonly codec: Codec
  readonly listen: Listen
}

const mediaOf = (codec: Codec, direction: Media['direction'], index: number): Media => ({
  ...{ kind: codec.kind, direction, codecs: [codec], id: `${index}` },
})

/** A producer that does what a test says. */
export class ScriptedProducer implements Producer {
  readonly info: ConnectionInfo = connectionInfo({ formatName: 'scripted' })
  readonly medias: readonly Media[]
  readonly #lifetime = new Lifetime()
  readonly #tracks = new Map<Media, UnitTrack>()
  startCount = 0

  readonly #listen: Listen | undefined

  constructor(codecs: readonly Codec[], context: DialContext, speaker?: Speaker) {
    this.medias = [
      ...codecs.map((codec, index) => mediaOf(codec, 'recvonly', index)),
      ...(speaker === undefined ? [] : [mediaOf(speaker.codec, 'sendonly', codecs.length)]),
    ]
    this.#listen = speaker?.listen
    for (const media of this.medias) {
      const track = new Track<AccessUnit, 'units'>({ form: 'units', codec: media.codecs[0]!, budget: context.budget })
      this.#tracks.set(media, this.#lifetime.own(track))
    }
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get ended(): boolean {
    return this.#lifetime.ended
  }

  track(media: Media): UnitTrack | undefined {
    return this.#tracks.get(media)
  }

  talk(_media: Media, _codec: Codec, track: AnyTrack): Talk | undefined {
    return this.#listen?.(track)
  }

  /** Sends one unit on the n-th media. */
  push(media: number, keyframe: boolean, time: number, content = 'x'): void {
    const unit = new AccessUnit({
      keyframe,
      decodingTime: ticks(time),
      framing: 'frame',
      parts: [Buffer.from(content)],
      configuration: [],
      arrivedAt: millis(time),
    })
    this.info.bytesReceived += unit.sizeBytes
    this.#tracks.get(this.medias[media]!)!.push(unit)
  }

  async start(): Promise<void> {
    this.startCount++
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** What a dial ends with: codecs to offer, or the error to fail with. */
export type Answer = readonly Codec[] | MediaError

/** The scheme `scripted:`, whose dials are answered by the test, at once or when it says so. */
export class ScriptedScheme implements DialingScheme {
  readonly kind = 'dial'
  readonly names = ['scripted']
  readonly trustedOnly = false
  readonly dials: SourceUrl[] = []
  readonly producers: ScriptedProducer[] = []
  readonly #speakers = new Map<string, Speaker>()
  readonly #answers = new Map<string, Answer | Promise<Answer>>()

  check(): void {}

  /** From now on dials of this source end like this. */
  answer(source: string, answer: Answer | Promise<Answer>): void {
    this.#answers.set(source, answer)
  }

  /** From now on dials of this source find a speaker there as well. */
  listening(source: string, codec: Codec, listen: Listen): void {
    this.#speakers.set(source, { codec, listen })
  }

  async dial(source: SourceUrl, context: DialContext): Promise<ScriptedProducer> {
    this.dials.push(source)
    const answer = await (this.#answers.get(source) ?? new ScriptedError('connection_refused', `${source} refused`))
    if (answer instanceof MediaError) throw answer
    const producer = new ScriptedProducer(answer, context, this.#speakers.get(source))
    this.producers.push(producer)
    return producer
  }
}
