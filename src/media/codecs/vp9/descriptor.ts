import { MalformedError } from '../../runtime/errors.ts'

/** What stands before the data of a payload, RFC 9628 §4.2. */
export interface Vp9Payload {
  /** It begins a frame, and ends one: a picture has a frame for each of its spatial layers. */
  readonly begins: boolean
  readonly ends: boolean
  /** Spatial layer; 0 when there are none. */
  readonly layer: number
  readonly data: Buffer
}

/** Bits of the first byte. */
const bit = { pictureId: 0x80, predicted: 0x40, layers: 0x20, flexible: 0x10, begin: 0x08, end: 0x04, structure: 0x02 }
/** Picture numbers have 15 bits. */
const PICTURE_ID_MAX = 0x7fff
/** Pictures that one may refer to, RFC 9628 §4.2. */
const REFERENCES_MAX = 3

/** Takes the descriptor off a payload. Throws `MalformedError` when it is cut short, or nothing is left. */
export const readVp9Payload = (payload: Buffer): Vp9Payload => {
  const reader = new ByteCursor(payload)
  const first = reader.byte()
  if ((first & bit.pictureId) !== 0 && (reader.byte() & 0x80) !== 0) reader.byte()
  const flexible = (first & bit.flexible) !== 0
  let layer = 0
  if ((first & bit.layers) !== 0) {
    layer = (reader.byte() >> 1) & 7
    if (!flexible) reader.byte() // TL0PICIDX
  }
  if (flexible && (first & bit.predicted) !== 0) for (let i = 0; i < REFERENCES_MAX && (reader.byte() & 1) !== 0; i++);
  if ((first & bit.structure) !== 0) skipStructure(reader)
  const data = reader.rest()
  if (data.length === 0) throw new MalformedError('VP9 payload without data', payload.length)
  return { begins: (first & bit.begin) !== 0, ends: (first & bit.end) !== 0, layer, data }
}

/** Scalability structure, RFC 9628 §4.2.1: sizes of the layers, and how groups of pictures refer to each other. */
const skipStructure = (reader: ByteCursor): void => {
  const first = reader.byte()
  if ((first & 0x10) !== 0) reader.skip(((first >> 5) + 1) * 4)
  if ((first & 0x08) === 0) return
  for (let pictures = reader.byte(); pictures > 0; pictures--) reader.skip((reader.byte() >> 2) & 3)
}

class ByteCursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new MalformedError('VP9 payload descriptor cut short', this.#bytes.length)
    return byte
  }

  skip(count: number): void {
    this.#at += count
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.#at)
  }
}

/** What a payload's descriptor is to say. */
export interface Vp9DescriptorFields {
  readonly keyframe: boolean
  readonly begins: boolean
  readonly ends: boolean
  readonly pictureId: number
  /** In pixels: GStreamer wants to know it with each keyframe. */
  readonly size?: readonly [width: number, height: number]
}

/** The descriptor of a stream without layers, with a picture number. */
export const formatVp9Descriptor = (fields: Vp9DescriptorFields): Buffer => {
  const { keyframe, begins, ends, size } = fields
  const id = fields.pictureId & PICTURE_ID_MAX
  const flags = (keyframe ? 0 : bit.predicted) | (begins ? bit.begin : 0) | (ends ? bit.end : 0)
  const structure = size === undefined ? 0 : bit.structure
  const numbered = Buffer.of(bit.pictureId | flags | structure, 0x80 | (id >> 8), id & 0xff)
  if (size === undefined) return numbered
  const [width, height] = size
  // One layer, with its size.
  return Buffer.concat([numbered, Buffer.of(0x10, width >> 8, width & 0xff, height >> 8, height & 0xff)])
}
