import type { Demuxer, DemuxerSink } from '../demuxer.ts'
import { JpegReader } from './jpeg-reader.ts'
import { JpegPictures } from './pictures.ts'

/** JPEG images one after another, with anything in between. */
export class MjpegDemuxer implements Demuxer {
  readonly formatName = 'mjpeg'
  readonly #pictures: JpegPictures
  readonly #reader = new JpegReader(image => this.#pictures.give(image))

  constructor(into: DemuxerSink) {
    this.#pictures = new JpegPictures(into)
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) at = this.#reader.scan(chunk, at)
  }

  settle(): void {
    this.#pictures.settle()
  }

  end(): void {
    this.#reader.end()
    this.settle()
  }
}
