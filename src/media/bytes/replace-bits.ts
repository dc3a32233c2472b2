/** Bits that are to be others: from `from` up to `to`, counted from the first bit of the first byte. */
export interface BitReplacement {
  readonly from: number
  readonly to: number
  /** Zeros and ones, as text. */
  readonly by: string
}

/**
 * A copy with some bits replaced by more or fewer of them; what follows moves. The replacements are in order and do
 * not overlap. The last byte is filled up with zeros.
 */
export const replaceBits = (bytes: Buffer, replacements: readonly BitReplacement[]): Buffer => {
  const bits = Array.from(bytes, byte => byte.toString(2).padStart(8, '0')).join('')
  let replaced = ''
  let at = 0
  for (const { from, to, by } of replacements) {
    replaced += bits.slice(at, from) + by
    at = to
  }
  replaced += bits.slice(at)
  const octets = replaced.match(/.{1,8}/g) ?? []
  return Buffer.from(octets.map(octet => Number.parseInt(octet.padEnd(8, '0'), 2)))
}
