const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const
const BIT_UNITS = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'] as const

/** An amount of bytes as people write it: `0 B`, `340 kB`, `1.4 GB`; decimal prefixes. */
export const formatBytes = (bytes: number): string => scaled(bytes, BYTE_UNITS)

/** A rate in bits a second as people write it: `0 bit/s`, `640 kbit/s`, `4.2 Mbit/s`. */
export const formatBitrate = (bitsPerSecond: number): string => scaled(bitsPerSecond, BIT_UNITS)

/** A count with its noun: `1 viewer`, `2 viewers`, `1 200 entries` when told the plural. */
export const counted = (count: number, singular: string, plural = `${singular}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? singular : plural}`

function scaled(amount: number, units: readonly string[]): string {
  let value = Number.isFinite(amount) && amount > 0 ? amount : 0
  let unit = 0
  // 999.5 would be written as 1000: the next unit says it better.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  return `${value.toFixed(digits)} ${units[unit]}`
}
