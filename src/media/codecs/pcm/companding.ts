/** How G.711 writes samples in eight bits: a table for each direction. */
export interface Companding {
  /** The 16-bit sample of each code. */
  readonly samples: Int16Array
  /** The code of each sample, by its upper 14 bits: more, neither law can tell apart. */
  readonly codes: Uint8Array
}

/** Distinct samples a code is looked up by, and the place of zero among them. */
const STEPS = 1 << 14
const ZERO = STEPS / 2

/** The µ-law of ITU-T G.711 table 2. All bits are inverted on the wire. */
export const muLaw = (): Companding => companding(0xff, magnitude => muMagnitude(magnitude))

/** The A-law of ITU-T G.711 table 1. Even bits are inverted on the wire. */
export const aLaw = (): Companding => companding(0xd5, magnitude => aMagnitude(magnitude))

/** Three bits of segment, four of step: each segment's steps are twice as wide as those of the one before. */
const muMagnitude = (code: number): number => ((((code & 0x0f) << 3) + 0x84) << (code >> 4)) - 0x84

/** As µ-law's, but the first two segments are equally wide. */
const aMagnitude = (code: number): number => {
  const segment = code >> 4
  const step = ((code & 0x0f) << 4) + 8
  return segment === 0 ? step : (step + 0x100) << (segment - 1)
}

/** `mask` is the code on the wire of the smallest positive sample; clearing its first bit makes it negative. */
const companding = (mask: number, magnitudeOf: (code: number) => number): Companding => {
  const samples = new Int16Array(256)
  const codes = new Uint8Array(STEPS)
  const magnitudes = Array.from({ length: 128 }, (_, code) => magnitudeOf(code))
  for (const [code, magnitude] of magnitudes.entries()) {
    samples[code ^ mask] = magnitude
    samples[code ^ mask ^ 0x80] = -magnitude
  }
  let code = 0
  for (let step = 0; step < ZERO; step++) {
    while (code < 127 && step >= boundary(magnitudes[code]!, magnitudes[code + 1]!)) code++
    codes[ZERO + step] = code ^ mask
    codes[ZERO - step] = code ^ mask ^ (step === 0 ? 0 : 0x80)
  }
  codes[0] = codes[1]!
  return { samples, codes }
}

/** The step from which the louder one of two neighbours is nearer: half their sum, in steps of four. */
const boundary = (quiet: number, loud: number): number => Math.round((quiet + loud) / 8)
