/** Milliseconds of Go's units, `time.ParseDuration`. */
const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
/** Characters of one: no sensible one is longer. */
const LENGTH_MAX = 64

/** A duration as Go writes it (`10s`, `1h30m`, `-1.5s`) in milliseconds; `undefined` when it is none. */
export const parseGoDuration = (text: string): number | undefined => {
  if (text.length > LENGTH_MAX) return undefined
  const [, sign, rest = ''] = /^([-+]?)(.*)$/s.exec(text) ?? []
  if (rest === '0') return 0
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined
  let sum = 0
  for (const [, count, unit] of rest.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) sum += Number(count) * units[unit!]!
  return sign === '-' ? -sum : sum
}
