import type { TrackUnit } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { Media } from '../../core/media.ts'
import type { Producer, Talk } from '../../core/producer.ts'
import { Sender } from '../../core/sender.ts'
import type { AnyTrack } from '../../core/track.ts'
import type { ChildHandle } from '../../processes/child-handle.ts'
import type { Clock } from '../../runtime/clock.ts'
import { describeError } from '../../runtime/errors.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import { reasonOf } from './run-program.ts'

/** What a speaker needs. */
export interface BackchannelOptions {
  readonly codec: Codec
  readonly clock: Clock
  /** The whole line as it is run. */
  readonly line: string
  readonly program: string
  /** Starts the program. */
  readonly run: () => Promise<ChildHandle>
}

/** A program that plays what it reads: it brings nothing, and runs from `start` until the end. */
export class BackchannelProducer implements Producer {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[]
  readonly #options: BackchannelOptions
  readonly #lifetime = new Lifetime()
  #child: ChildHandle | undefined
  #started: Promise<void> | undefined
  #talk: Talk | undefined

  constructor(options: BackchannelOptions) {
    this.#options = options
    this.info = connectionInfo({ formatName: 'pcm', protocol: 'pipe', source: options.line })
    this.medias = [{ kind: 'audio', direction: 'sendonly', codecs: [options.codec], id: '0' }]
    this.#lifetime.defer(() => this.#talk?.[Symbol.dispose]())
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  track(): undefined {
    return undefined
  }

  start(): Promise<void> {
    this.#started ??= this.#start()
    return this.#started
  }

  async #start(): Promise<void> {
    const child = this.#lifetime.own(await this.#options.run())
    this.#child = child
    void child.exited.then(exit => this.close(reasonOf(this.#options.program, exit)))
  }

  talk(media: Media, _codec: Codec, track: AnyTrack): Talk | undefined {
    if (this.#lifetime.ended || !this.medias.includes(media)) return undefined
    this.#talk?.[Symbol.dispose]()
    this.#talk =
      track.form === 'packets'
        ? this.#send(track, group => group.packets.map(packet => packet.payload))
        : this.#send(track, unit => unit.parts)
    return this.#talk
  }

  /** Bytes as they are: whoever is talked to knows what they mean. */
  #send<Unit extends TrackUnit>(
    track: Parameters<Sender<Unit>['attach']>[0],
    bytesOf: (unit: Unit) => readonly Buffer[],
  ): Talk {
    const producer = this
    const sender = new Sender<Unit>({
      sink: {
        get pendingBytes() {
          return producer.#child?.pendingBytes ?? 0
        },
      },
      clock: this.#options.clock,
      deliver: unit => this.#write(bytesOf(unit)),
      stuck: () => this.close({ code: 'stuck', message: `${this.#options.program} does not read what it should play` }),
      failed: error => this.close(describeError(error)),
    })
    sender.attach(track, false)
    return sender
  }

  #write(pieces: readonly Buffer[]): void {
    for (const piece of pieces) {
      this.info.bytesSent += piece.length
      this.#child?.write(piece)
    }
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
