// @vitest-environment node
import { expect, test } from 'vitest'
import { backoffMs } from '../../../apps/admin/src/lib/backoff.ts'

test('waits double up to ten seconds, however often it was tried', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 1e6].map(backoffMs)).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000])
})
