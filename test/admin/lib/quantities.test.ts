// @vitest-environment node
import { describe, expect, test } from 'vitest'
import { counted, formatBitrate, formatBytes } from '../../../apps/admin/src/lib/quantities.ts'

describe('formatBytes', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1449, '1.4 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [1_234_567_890, '1.2 GB'],
    [5e15, '5000 TB'],
    [-1, '0 B'],
    [Number.NaN, '0 B'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

test('bitrates are written in bits a second', () => {
  expect([0, 640_000, 4_210_000].map(formatBitrate)).toEqual(['0 bit/s', '640 kbit/s', '4.2 Mbit/s'])
})

test('a count stands with its noun in the right number', () => {
  expect(counted(1, 'viewer')).toBe('1 viewer')
  expect(counted(0, 'viewer')).toBe('0 viewers')
  expect(counted(1200, 'entry', 'entries')).toBe('1,200 entries')
})
