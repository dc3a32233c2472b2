import { MalformedError } from '../../runtime/errors.ts'
import { marker } from './marker.ts'

/** Pixels of a JPEG's picture, from its frame header (ITU-T T.81 §B.2.2). Throws `MalformedError`. */
export const jpegSize = (file: Buffer): { readonly width: number; readonly height: number } => {
  if (file.length < 4 || file.readUInt16BE(0) !== 0xff00 + marker.soi) throw new MalformedError('JPEG without SOI')
  for (let at = 2; at + 9 <= file.length && file[at] === 0xff; ) {
    const second = file[at + 1]!
    if (second === 0xff) {
      at++
      continue
    }
    if (isFrame(second)) {
      const [height, width] = [file.readUInt16BE(at + 5), file.readUInt16BE(at + 7)]
      if (width > 0 && height > 0) return { width, height }
      break
    }
    if (second === marker.sos) break
    at += 2 + Math.max(2, file.readUInt16BE(at + 2))
  }
  throw new MalformedError('JPEG without a size')
}

/** SOF0 to SOF15, without the tables and marks among them. */
const isFrame = (second: number): boolean =>
  second >= 0xc0 && second <= 0xcf && second !== marker.dht && second !== 0xc8 && second !== 0xcc
