import { retain } from '../../bytes/retain.ts'

/** A copy of 16-bit samples in the other byte order. A last odd byte is left out. */
export const swappedBytes = (samples: Buffer): Buffer => retain(samples.subarray(0, samples.length & ~1)).swap16()
