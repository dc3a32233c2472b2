/** Second bytes of the markers we meet, ITU-T T.81 table B.1. */
export const marker = {
  sof0: 0xc0,
  dht: 0xc4,
  soi: 0xd8,
  eoi: 0xd9,
  sos: 0xda,
  dqt: 0xdb,
  dri: 0xdd,
} as const

/** The marker that ends a picture, ITU-T T.81 §B.2.1. */
export const endOfImage: Buffer = Buffer.of(0xff, marker.eoi)

/** A marker with its segment, ITU-T T.81 §B.1.1.4. */
export const segment = (second: number, ...content: readonly Uint8Array[]): Buffer => {
  let sizeBytes = 2
  for (const part of content) sizeBytes += part.length
  return Buffer.concat([Buffer.of(0xff, second, sizeBytes >> 8, sizeBytes & 0xff), ...content])
}
