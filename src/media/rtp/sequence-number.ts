/** How far `to` is ahead of `from` on the circle of 2^16: −32 768 to 32 767 (RFC 1982 §3.2). */
export const sequenceDistance = (from: number, to: number): number => ((to - from) << 16) >> 16

/** The sequence number after this one. */
export const sequenceAfter = (sequenceNumber: number): number => (sequenceNumber + 1) & 0xffff
