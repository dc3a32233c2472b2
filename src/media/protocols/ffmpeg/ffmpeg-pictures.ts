import type { AccessUnit } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import type { PictureConverter, PictureSize } from '../../core/consumer.ts'
import type { FfmpegTemplates } from './ffmpeg-templates.ts'
import type { PictureDecoders, PictureJob } from './picture-decoders.ts'
import { pictureInput } from './picture-input.ts'
import { jpegPictures, pixelPictures } from './picture-readers.ts'
import { pixelsCommand, snapshotCommand } from './snapshot-command.ts'

const jpegCodec: Codec = { kind: 'video', name: 'JPEG', clockRate: 90_000, channels: 0, formatParameters: '' }
const BYTES_A_PIXEL = 3

/** Pictures for viewers, by decoders that run: of one unit each is made once, whoever asks. */
export class FfmpegPictures implements PictureConverter {
  readonly #decoders: Pick<PictureDecoders, 'decode' | 'forget'>
  readonly #templates: FfmpegTemplates
  /** By command, for as long as somebody has the unit. */
  readonly #made = new WeakMap<AccessUnit, Map<string, Promise<Buffer>>>()

  constructor(decoders: Pick<PictureDecoders, 'decode' | 'forget'>, templates: FfmpegTemplates) {
    this.#decoders = decoders
    this.#templates = templates
  }

  jpeg(owner: string, codec: Codec, unit: AccessUnit): Promise<Buffer> {
    const command = snapshotCommand('RAW', {}, this.#templates, 'software')
    return this.#make(owner, codec, unit, { command, reader: jpegPictures })
  }

  pixels(owner: string, unit: AccessUnit, { width, height }: PictureSize): Promise<Buffer> {
    const command = pixelsCommand(width, height, this.#templates)
    return this.#make(owner, jpegCodec, unit, { command, reader: pixelPictures(width * height * BYTES_A_PIXEL) })
  }

  forget(owner: string): void {
    this.#decoders.forget(owner)
  }

  #make(
    owner: string,
    codec: Codec,
    unit: AccessUnit,
    { command, reader }: Pick<PictureJob, 'command' | 'reader'>,
  ): Promise<Buffer> {
    const ofUnit = this.#made.get(unit) ?? new Map<string, Promise<Buffer>>()
    this.#made.set(unit, ofUnit)
    const decode = (): Promise<Buffer> => this.#decode(owner, codec, unit, { command, reader })
    const known = ofUnit.get(command)
    // It ends with whoever asked first.
    if (known !== undefined) return known.catch(decode)
    const making = decode()
    ofUnit.set(command, making)
    return making
  }

  async #decode(
    owner: string,
    codec: Codec,
    unit: AccessUnit,
    { command, reader }: Pick<PictureJob, 'command' | 'reader'>,
  ): Promise<Buffer> {
    const { kind, head, picture } = pictureInput({ codec, configuration: [], unit })
    return this.#decoders.decode({ owner, kind, head, picture, command, reader })
  }
}
