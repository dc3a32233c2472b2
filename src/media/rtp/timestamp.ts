/** How far the RTP timestamp `to` is ahead of `from` on the circle of 2^32, in ticks: −2^31 to 2^31 − 1 (RFC 3550 §5.1). */
export const timestampDistance = (from: number, to: number): number => (to - from) | 0
