import { jpegSize } from '../../codecs/jpeg/jpeg-size.ts'
import type { AccessUnit } from '../../core/access-unit.ts'
import { connectionInfo } from '../../core/connection-info.ts'
import type { PictureConverter, ViewerMaker } from '../../core/consumer.ts'
import type { MuxedTrack, Muxer, Placed, WriteBytes } from '../../formats/muxer.ts'
import { type ByteRequest, wishFor } from '../../output/byte-request.ts'
import { ConvertingMuxer } from '../../output/converting-muxer.ts'
import { MuxedConsumer } from '../../output/muxed-consumer.ts'
import { describeError } from '../../runtime/errors.ts'
import { asciiArt, asciiSize, clearScreen } from './ascii-art.ts'
import { type AsciiRequestedStyle, type AsciiStyle, parseAsciiStyle } from './ascii-style.ts'

/** A viewer in a terminal. */
export interface AsciiRequest extends ByteRequest {
  readonly style: AsciiRequestedStyle
}

/** A viewer for `Engine.watch` that gets JPEG pictures as letters: those that are made in time, the others are left out. */
export const asciiViewer =
  ({ sink, opened, style, ...who }: AsciiRequest): ViewerMaker<MuxedConsumer> =>
  ({ clock, pictures }) => {
    const info = connectionInfo({ formatName: 'ascii', ...who })
    const owner = `ascii ${info.id}`
    const viewer: MuxedConsumer = new MuxedConsumer({
      ...{ sink, clock, info, medias: [wishFor('video', 'JPEG')] },
      muxer: new ConvertingMuxer({
        muxer: new TextMuxer(opened),
        converts: ({ name }) => name === 'JPEG',
        convert: (_codec, unit) => letters(pictures, owner, unit, parseAsciiStyle(style)),
        failed: error => viewer.close(describeError(error)),
      }),
    })
    void viewer.closed.then(() => pictures?.forget(owner))
    return viewer
  }

const letters = async (
  pictures: PictureConverter | undefined,
  owner: string,
  unit: AccessUnit,
  style: AsciiStyle,
): Promise<Buffer> => {
  const size = asciiSize(jpegSize(unit.sample))
  const pixels = await pictures?.pixels(owner, unit, size)
  return pixels === undefined ? Buffer.alloc(0) : asciiArt(pixels, size, style)
}

/** Texts, one after another. */
class TextMuxer implements Muxer {
  readonly #opened: () => void
  #told = false

  constructor(opened: () => void) {
    this.#opened = opened
  }

  takes(): boolean {
    return false
  }

  open(_tracks: readonly MuxedTrack[], write: WriteBytes): void {
    if (this.#told) return
    this.#told = true
    this.#opened()
    write(clearScreen)
  }

  unit(_track: MuxedTrack, { sample }: AccessUnit, _placed: Placed, write: WriteBytes): void {
    write(sample)
  }
}
