import { standardHuffmanTables } from './huffman-tables.ts'
import { marker, segment } from './marker.ts'

/** Second bytes of application segments, ITU-T T.81 table B.1. */
const APP0 = 0xe0
const APP15 = 0xef
/** Names behind an application segment's length by which programs know a JPEG file. */
const knownNames: ReadonlySet<string> = new Set(['JFIF', 'Exif'])
/** Segments before a scan: real files have some ten. */
const SEGMENTS_MAX = 1000

/** JFIF 1.1 (ITU-T T.871 §10.1): square pixels, no thumbnail. */
const jfif = segment(APP0, Buffer.from('JFIF\0', 'latin1'), Buffer.of(1, 1, 0, 0, 1, 0, 1, 0, 0))
const huffman = Buffer.concat(
  standardHuffmanTables.map(({ id, content }) => segment(marker.dht, Buffer.of(id), content)),
)

/**
 * A camera's JPEG as a file that any program opens, with the same picture. Where its Huffman tables are missing, as in
 * the pictures of AVI files, the standard ones are put before its scan (ITU-T T.81 annex K); a first segment that
 * says neither JFIF nor Exif is replaced by JFIF's. What needs nothing, or is no JPEG, is given as it is. Never throws.
 */
export const plainJpeg = (file: Buffer): Buffer => {
  const found = readSegments(file)
  if (found === undefined) return file
  const { headEnd, scanStart, hasTables } = found
  if (headEnd === 2 && hasTables) return file
  return Buffer.concat([
    file.subarray(0, 2),
    ...(headEnd === 2 ? [] : [jfif]),
    file.subarray(headEnd, scanStart),
    ...(hasTables ? [] : [huffman]),
    file.subarray(scanStart),
  ])
}

interface Segments {
  /** Where what is kept begins: behind SOI, or behind a first segment that is replaced. */
  readonly headEnd: number
  /** Where the marker of the first scan is. */
  readonly scanStart: number
  readonly hasTables: boolean
}

const readSegments = (file: Buffer): Segments | undefined => {
  if (file.length < 4 || file.readUInt16BE(0) !== 0xff00 + marker.soi) return undefined
  let headEnd = 2
  let hasTables = false
  let at = 2
  for (let count = 0; count < SEGMENTS_MAX && at + 4 <= file.length && file[at] === 0xff; count++) {
    const second = file[at + 1]!
    // Any number of fill bytes may precede a marker.
    if (second === 0xff) {
      at++
      continue
    }
    if (second === marker.sos) return { headEnd, scanStart: at, hasTables }
    const end = at + 2 + Math.max(2, file.readUInt16BE(at + 2))
    if (at === 2 && isApplication(second) && !knownNames.has(file.toString('latin1', 6, 10))) headEnd = end
    hasTables ||= second === marker.dht
    at = end
  }
  return undefined
}

const isApplication = (second: number): boolean => second >= APP0 && second <= APP15
