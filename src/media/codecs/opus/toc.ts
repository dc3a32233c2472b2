/** Samples of a frame at 48 kHz by the configuration number in the first byte, RFC 6716 §3.1 table 2. */
const silk = [480, 960, 1920, 2880] as const
const hybrid = [480, 960] as const
const celt = [120, 240, 480, 960] as const

/** A packet lasts 120 ms at most, RFC 6716 §3.2.5. */
const SAMPLES_MAX = 5760

/** Samples at 48 kHz that an Opus packet lasts, from its first bytes (RFC 6716 §3.1). `undefined` when it is none. */
export const opusSamples = (packet: Buffer): number | undefined => {
  const toc = packet[0]
  if (toc === undefined) return undefined
  const configuration = toc >> 3
  const frame =
    configuration < 12
      ? silk[configuration & 3]!
      : configuration < 16
        ? hybrid[configuration & 1]!
        : celt[configuration & 3]!
  const count = frameCount(toc & 3, packet[1])
  const samples = frame * (count ?? 0)
  return samples > 0 && samples <= SAMPLES_MAX ? samples : undefined
}

const frameCount = (code: number, second: number | undefined): number | undefined => {
  if (code === 0) return 1
  if (code < 3) return 2
  return second === undefined ? undefined : second & 0x3f
}
