import { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '#media/core/connection-info.ts'
import type { Media } from '#media/core/media.ts'
import type { Producer } from '#media/core/producer.ts'
import { Track, type UnitTrack } from '#media/core/track.ts'
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

/** A producer that does what a test says. */
export class ScriptedProducer implements Producer {
  readonly info: ConnectionInfo = connectionInfo({ formatName: 'scripted' })
  readonly medias: readonly Media[]
  readonly #lifetime = new Lifetime()
  readonly #tracks = new Map<Media, UnitTrack>()
  startCount = 0

  constructor(codecs: readonly Codec[], context: DialContext) {
    this.medias = codecs.map((codec, index) => ({
      kind: codec.kind,
      direction: 'recvonly',
      codecs: [codec],
      id: `${index}`,
    }))
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
  readonly #answers = new Map<string, Answer | Promise<Answer>>()

  check(): void {}

  /** From now on dials of this source end like this. */
  answer(source: string, answer: Answer | Promise<Answer>): void {
    this.#answers.set(source, answer)
  }

  async dial(source: SourceUrl, context: DialContext): Promise<ScriptedProducer> {
    this.dials.push(source)
    const answer = await (this.#answers.get(source) ?? new ScriptedError('connection_refused', `${source} refused`))
    if (answer instanceof MediaError) throw answer
    const producer = new ScriptedProducer(answer, context)
    this.producers.push(producer)
    return producer
  }
}
