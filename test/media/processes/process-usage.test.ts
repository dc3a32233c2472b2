import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseProcessStat, parseResidentBytes, readUsage } from '#media/processes/process-usage.ts'

const stat =
  '4242 (ffmpeg) S 4200 4242 4242 0 -1 4194560 2127 311 2 0 150 25 7 3 20 0 9 0 81923 471859200 11213 18446744073709551615 1 1 0'

describe('a process', () => {
  test.each([
    { name: 'plain', text: stat, group: 4242, cpuTicks: 185 },
    {
      name: 'with a name of parentheses and spaces',
      text: stat.replace('ffmpeg', 'a) R 1 (b'),
      group: 4242,
      cpuTicks: 185,
    },
  ])('is read: $name', ({ text, group, cpuTicks }) => {
    expect(parseProcessStat(text)).toEqual({ group, cpuTicks })
  })

  test.each(['', '1', '1 (a)', '1 (a) S', '1 (a) S x y z', stat.slice(0, 40)])('is none: "%s"', text => {
    expect(parseProcessStat(text)).toBeUndefined()
  })

  test('of any text is read or is none', () => {
    const cut = fc.nat(stat.length).map(length => stat.slice(0, length))
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), cut), text => {
        const parsed = parseProcessStat(text)
        if (parsed !== undefined) expect(Number.isSafeInteger(parsed.group)).toBe(true)
        expect(parseResidentBytes(text)).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('has its memory', () => {
    expect(parseResidentBytes('VmPeak:\t  100 kB\nVmRSS:\t    1234 kB\nRssAnon: 1 kB\n')).toBe(1234 * 1024)
    expect(parseResidentBytes('State:\tZ (zombie)\n')).toBe(0)
  })
})

test('our own group takes what it takes', async () => {
  const { group } = parseProcessStat(readFileSync('/proc/self/stat', 'utf8'))!
  const usage = await readUsage(new Set([group, 999_999_999]))
  expect([...usage.keys()]).toEqual([group])
  const { cpuSeconds, memoryBytes, processCount } = usage.get(group)!
  expect(cpuSeconds).toBeGreaterThan(0)
  expect(memoryBytes).toBeGreaterThan(10_000_000)
  expect(processCount).toBeGreaterThanOrEqual(1)
})
