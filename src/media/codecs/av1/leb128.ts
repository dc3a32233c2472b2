import { MalformedError } from '../../runtime/errors.ts'

/** Bytes of a number, AV1 specification §4.10.5. */
const BYTES_MAX = 8

/** A number of seven bits a byte, the lowest first: its value, and where it ends. Throws `MalformedError`. */
export const readLeb128 = (bytes: Buffer, start: number): { readonly value: number; readonly end: number } => {
  let value = 0
  for (let i = 0; i < BYTES_MAX; i++) {
    const byte = bytes[start + i]
    if (byte === undefined) throw new MalformedError('leb128 cut short', bytes.length)
    value += (byte & 0x7f) * 2 ** (7 * i)
    if ((byte & 0x80) === 0) return { value, end: start + i + 1 }
  }
  throw new MalformedError('leb128 too long', start)
}

/** A number in as few bytes as it needs. */
export const formatLeb128 = (value: number): Buffer => {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 0x80)) {
    if (rest < 0x80) return Buffer.from([...bytes, rest])
    bytes.push((rest % 0x80) | 0x80)
  }
}
