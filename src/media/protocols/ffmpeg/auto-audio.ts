import { asPackets, asUnits } from '../../codecs/adapt.ts'
import type { AccessUnit } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { CacheBudget } from '../../core/gop-cache.ts'
import type { Media } from '../../core/media.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { Producer } from '../../core/producer.ts'
import { type AnyTrack, type PacketTrack, Track, type UnitTrack } from '../../core/track.ts'
import { ClosedError, describeError, MediaError } from '../../runtime/errors.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'

/** A codec that can be had, and the template that makes it. `form` is what comes of it most directly: RTSP, or a file format. */
interface Choice {
  readonly codec: Codec
  readonly template: string
  readonly form: AnyTrack['form']
}

const choice = (name: string, clockRate: number, channels: number, template: string, form: Choice['form']): Choice => ({
  codec: { kind: 'audio', name, clockRate, channels, formatParameters: '' },
  template,
  form,
})

/** What sound can be made into, best first: go2rtc's list. */
export const autoAudioChoices: readonly Choice[] = [
  choice('OPUS', 48_000, 2, 'opus/16000', 'packets'),
  choice('PCML', 16_000, 0, 'pcml/16000', 'units'),
  choice('L16', 16_000, 0, 'pcm/16000', 'packets'),
  choice('PCMA', 16_000, 0, 'pcma/16000', 'units'),
  choice('PCMU', 16_000, 0, 'pcmu/16000', 'units'),
  choice('PCML', 8000, 0, 'pcml/8000', 'units'),
  choice('L16', 8000, 0, 'pcm/8000', 'packets'),
  choice('PCMA', 8000, 0, 'pcma/8000', 'units'),
  choice('PCMU', 8000, 0, 'pcmu/8000', 'units'),
  choice('MPEG4-GENERIC', 16_000, 0, 'aac/16000', 'units'),
]

/** The program brought something else than it was asked for. */
export class UnexpectedAudioError extends MediaError {
  readonly code = 'codec_mismatch'
}

/** What sound of any codec is made with. */
export interface AutoAudioOptions {
  readonly budget: CacheBudget
  /** The source as configured. */
  readonly source: string
  /** Opens the same input with `#audio=` this template; not started yet. */
  readonly open: (template: string) => Promise<Producer>
}

/**
 * Sound in whatever codec somebody takes: each codec is a media of its own, and a program runs only for
 * those that were asked for, from `start` on.
 */
export class AutoAudioProducer implements Producer {
  readonly medias: readonly Media[]
  readonly #options: AutoAudioOptions
  readonly #info: ConnectionInfo
  readonly #lifetime = new Lifetime()
  readonly #tracks = new Map<Media, AnyTrack>()
  readonly #sources: Producer[] = []
  #started: Promise<void> | undefined

  constructor(options: AutoAudioOptions) {
    this.#options = options
    this.#info = connectionInfo({ formatName: 'ffmpeg', source: options.source })
    this.medias = autoAudioChoices.map(({ codec }, index) => {
      return { kind: 'audio', direction: 'recvonly', codecs: [codec], id: `${index}` }
    })
  }

  get info(): ConnectionInfo {
    this.#info.bytesReceived = this.#sources.reduce((sum, { info }) => sum + info.bytesReceived, 0)
    return this.#info
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  track(media: Media): AnyTrack | undefined {
    const known = this.#tracks.get(media)
    if (known !== undefined) return known
    const wanted = autoAudioChoices[this.medias.indexOf(media)]
    if (wanted === undefined || this.#lifetime.ended) return undefined
    const { budget } = this.#options
    const track: AnyTrack =
      wanted.form === 'packets'
        ? new Track<PacketGroup, 'packets'>({ form: 'packets', codec: wanted.codec, budget })
        : new Track<AccessUnit, 'units'>({ form: 'units', codec: wanted.codec, budget })
    this.#lifetime.own(track)
    this.#tracks.set(media, track)
    // Somebody who takes another codec comes later.
    if (this.#started !== undefined)
      this.#fill(track, wanted).catch((error: unknown) => this.close(describeError(error)))
    return track
  }

  start(): Promise<void> {
    this.#started ??= this.#start()
    return this.#started
  }

  async #start(): Promise<void> {
    const wanted = [...this.#tracks].map(([media, track]) => [track, this.medias.indexOf(media)] as const)
    await Promise.all(wanted.map(([track, index]) => this.#fill(track, autoAudioChoices[index]!)))
  }

  async #fill(track: AnyTrack, { template, codec }: Choice): Promise<void> {
    const source = await this.#options.open(template)
    if (this.#lifetime.ended) {
      source.close()
      throw new ClosedError('the source')
    }
    this.#lifetime.own(source)
    this.#sources.push(source)
    void source.closed.then(reason => this.close(reason))
    const media = source.medias.find(one => one.kind === 'audio' && one.codecs.some(({ name }) => name === codec.name))
    const made = media && source.track(media)
    if (made === undefined || !connect(made, track))
      throw new UnexpectedAudioError(`ffmpeg did not make ${codec.name} of #audio=${template}`)
    await source.start()
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** Lets one track flow into another, in the other's form; `false` when that cannot be. */
const connect = (from: AnyTrack, to: AnyTrack): boolean => {
  if (to.form === 'packets') {
    const packets: PacketTrack | undefined = asPackets(from)
    packets?.attach({ id: to.id, push: group => to.push(group) })
    return packets !== undefined
  }
  const units: UnitTrack | undefined = asUnits(from)
  units?.attach({ id: to.id, push: unit => to.push(unit) })
  return units !== undefined
}
