/**
 * A copy that owns exactly its bytes. `Buffer.from` is not enough: it may take a piece of a
 * shared pool, and a view would pin the whole socket read it came from.
 */
export const retain = (view: Uint8Array): Buffer => {
  const copy = Buffer.allocUnsafeSlow(view.length)
  copy.set(view)
  return copy
}
