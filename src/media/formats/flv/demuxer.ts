import type { Demuxer, DemuxerSink } from '../demuxer.ts'
import { FlvTagReader } from './tag.ts'
import { FlvTagDemuxer } from './tag-demuxer.ts'

/** Reads an FLV file or stream (Adobe FLV 10.1 annex E). */
export class FlvDemuxer implements Demuxer {
  readonly formatName = 'flv'
  readonly #tags: FlvTagDemuxer
  readonly #reader: FlvTagReader
  #promised = false

  constructor(into: DemuxerSink) {
    this.#tags = new FlvTagDemuxer(into)
    this.#reader = new FlvTagReader(tag => {
      this.#promise()
      this.#tags.push(tag)
    })
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk)
  }

  settle(): void {
    this.#tags.settle()
  }

  end(): void {
    this.settle()
  }

  #promise(): void {
    if (this.#promised) return
    this.#promised = true
    const { flags = 0 } = this.#reader
    this.#tags.promise({ video: (flags & 1) !== 0, audio: (flags & 4) !== 0 })
  }
}
