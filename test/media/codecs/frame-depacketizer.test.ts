import { expect, test } from 'vitest'
import { FrameDepacketizer } from '#media/codecs/frame-depacketizer.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import { groupOf } from '#test/helpers/rtp-packets.ts'

const run = (...groups: readonly Parameters<typeof groupOf>[]): AccessUnit[] => {
  const depacketizer = new FrameDepacketizer()
  const units: AccessUnit[] = []
  for (const group of groups) depacketizer.push(groupOf(...group), unit => units.push(unit))
  return units
}

test('passes over empty payloads', () => {
  expect(run([[Buffer.alloc(0)]])).toEqual([])
})

test('never goes back in time', () => {
  const frame = Buffer.of(1)
  const units = run([[frame], { time: 500 }], [[frame], { time: 100 }], [[frame], { time: 700 }])
  expect(units.map(unit => unit.decodingTime)).toEqual([500, 501, 700])
})

test('gives units that own their bytes and share one empty configuration', () => {
  const units = run([[Buffer.of(1, 2)], { time: 1 }], [[Buffer.of(3)], { time: 2 }])
  expect(units[0]?.sample.buffer.byteLength).toBe(2)
  expect(units[0]?.configuration).toBe(units[1]?.configuration)
})

test('leaves out a block that is cut short', () => {
  const units: AccessUnit[] = []
  const depacketizer = new FrameDepacketizer(4)
  for (const size of [3, 7, 8]) depacketizer.push(groupOf([Buffer.alloc(size, size)]), unit => units.push(unit))
  expect(units.map(unit => unit.sample)).toEqual([Buffer.alloc(4, 7), Buffer.alloc(8, 8)])
})
