/** Bytes of a parameter set that are looked at: real ones stay below a thousand. */
const BYTES_MAX = 4096

/** A NAL unit without its emulation prevention bytes (ITU-T H.264 §7.4.1), as a copy. At most 4096 bytes are read. */
export const toRbsp = (nal: Buffer): Buffer => {
  const size = Math.min(nal.length, BYTES_MAX)
  const rbsp = Buffer.allocUnsafe(size)
  let zeros = 0
  let length = 0
  for (let i = 0; i < size; i++) {
    const byte = nal[i]!
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    zeros = byte === 0 ? zeros + 1 : 0
    rbsp[length++] = byte
  }
  return rbsp.subarray(0, length)
}

/** The other way round: with an emulation prevention byte wherever a start code could be seen (ITU-T H.264 §7.4.1.1). A copy. */
export const fromRbsp = (rbsp: Buffer): Buffer => {
  const bytes: number[] = []
  let zeros = 0
  for (const byte of rbsp) {
    if (zeros >= 2 && byte <= 3) {
      bytes.push(3)
      zeros = 0
    }
    zeros = byte === 0 ? zeros + 1 : 0
    bytes.push(byte)
  }
  return Buffer.from(bytes)
}
