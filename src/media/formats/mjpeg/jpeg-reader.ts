import { ChunkQueue } from '../../bytes/chunk-queue.ts'
import { UNIT_BYTES_MAX } from '../demuxer.ts'

/** Markers (ITU-T T.81 table B.1). TEM and restarts stand alone; all others but SOI and EOI have a length. */
const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const TEM = 0x01
const startOfImage = Buffer.of(0xff, SOI)
const endOfImage = Buffer.of(0xff, EOI)

const isRestart = (code: number): boolean => code >= 0xd0 && code <= 0xd7

/** Where in an image the reader is. `entropy` is the data behind SOS, in which a marker ends it. */
type Place = 'marker' | 'code' | 'length' | 'length-low' | 'segment' | 'entropy' | 'entropy-ff'

/** What ended an image: its own end, the beginning of the next one, or something that cannot stand there. */
type Ending = 'end' | 'next' | 'broken'

/**
 * Finds JPEG images in a stream of bytes by walking their markers (ITU-T T.81 annex B), so that a
 * thumbnail inside one does not end it. An image whose end is missing ends where the next begins.
 */
export class JpegReader {
  readonly #emit: (image: Buffer) => void
  /** The image so far. */
  readonly #waiting = new ChunkQueue()
  /** `undefined` between images. */
  #place: Place | undefined
  #ended: Ending | undefined
  /** Between images: the last byte was 0xFF. */
  #halfMarker = false
  #marker = 0
  #left = 0
  #hasData = false

  /** `emit` gets each image whole. */
  constructor(emit: (image: Buffer) => void) {
    this.#emit = emit
  }

  /** Whether an image has begun and not ended. */
  get inside(): boolean {
    return this.#place !== undefined
  }

  /** Reads on from `from` until an image has ended or the chunk does; where it stopped. */
  scan(chunk: Buffer, from: number): number {
    const start = this.#place === undefined ? this.#findStart(chunk, from) : from
    let at = start
    while (at < chunk.length && this.#ended === undefined) at = this.#step(chunk, at)
    if (this.#place !== undefined) this.#waiting.push(chunk.subarray(start, at))
    if (this.#ended !== undefined) this.#finish(this.#ended)
    else if (this.#waiting.length > UNIT_BYTES_MAX) this.#leave()
    return at
  }

  /** The bytes end here: an image that has begun its data is given. */
  end(): void {
    if (this.#place === undefined) return
    if (this.#hasData) this.#emit(Buffer.concat([this.#waiting.takeAll(), endOfImage]))
    this.#leave()
  }

  /** Where the image goes on behind its first marker, which may have begun in the chunk before. */
  #findStart(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      if (this.#halfMarker && chunk[at] === SOI) {
        this.#begin()
        return at + 1
      }
      const next = chunk.indexOf(0xff, at)
      this.#halfMarker = next >= 0
      if (next < 0) break
      at = next
    }
    return chunk.length
  }

  #begin(): void {
    this.#leave()
    this.#place = 'marker'
    this.#waiting.push(startOfImage)
  }

  #leave(): void {
    this.#waiting.clear()
    this.#place = undefined
    this.#halfMarker = false
    this.#hasData = false
  }

  /** Reads a byte, or all that cannot matter; where to read on. */
  #step(chunk: Buffer, at: number): number {
    if (this.#place === 'segment') return this.#passSegment(chunk, at)
    if (this.#place === 'entropy') return this.#passData(chunk, at)
    const byte = chunk[at]!
    switch (this.#place) {
      case 'marker':
        if (byte === 0xff) this.#place = 'code'
        else this.#ended = 'broken'
        break
      case 'code':
        this.#seeMarker(byte)
        break
      case 'length':
        this.#left = byte << 8
        this.#place = 'length-low'
        break
      case 'length-low':
        this.#left = Math.max(0, this.#left + byte - 2)
        this.#place = 'segment'
        if (this.#left === 0) this.#endSegment()
        break
      case 'entropy-ff':
        // A stuffed zero, or a restart.
        if (byte === 0 || isRestart(byte)) this.#place = 'entropy'
        else this.#seeMarker(byte)
        break
    }
    return at + 1
  }

  #passSegment(chunk: Buffer, at: number): number {
    const count = Math.min(this.#left, chunk.length - at)
    this.#left -= count
    if (this.#left === 0) this.#endSegment()
    return at + count
  }

  #endSegment(): void {
    this.#hasData ||= this.#marker === SOS
    this.#place = this.#marker === SOS ? 'entropy' : 'marker'
  }

  #passData(chunk: Buffer, at: number): number {
    const next = chunk.indexOf(0xff, at)
    if (next < 0) return chunk.length
    this.#place = 'entropy-ff'
    return next + 1
  }

  #seeMarker(code: number): void {
    // Any number of 0xFF may stand before the code.
    if (code === 0xff) return
    this.#marker = code
    if (code === EOI) this.#ended = 'end'
    else if (code === SOI) this.#ended = 'next'
    else if (code === 0) this.#ended = 'broken'
    else this.#place = code === TEM || isRestart(code) ? 'marker' : 'length'
  }

  #finish(ended: Ending): void {
    this.#ended = undefined
    const whole = this.#hasData && ended !== 'broken' && this.#waiting.length <= UNIT_BYTES_MAX
    // Joined only where it is worth it: somebody sends beginnings and nothing else.
    const bytes = whole ? this.#waiting.takeAll() : undefined
    if (ended === 'next') this.#begin()
    else this.#leave()
    if (bytes === undefined) return
    this.#emit(ended === 'end' ? bytes : Buffer.concat([bytes.subarray(0, -startOfImage.length), endOfImage]))
  }
}
