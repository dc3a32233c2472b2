/** Pieces as one, in memory of its own: `Buffer.concat` may take a small one from a shared pool. */
export const join = (pieces: readonly Uint8Array[]): Buffer => {
  let sizeBytes = 0
  for (const piece of pieces) sizeBytes += piece.length
  const whole = Buffer.allocUnsafeSlow(sizeBytes)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
